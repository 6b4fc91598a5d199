import { describe, expect, test } from "vitest";

import { attached, question } from "../chat.fixture";
import type { Question } from "./conversation";
import { titleOf } from "./title";
import { ask, newConversation } from "./turns";

const titled = (text: string, more: Partial<Question> = {}) =>
  titleOf(ask(newConversation("c", 1), { id: "t", question: question(text, more), nowMs: 2 }));

describe("a conversation's title", () => {
  test("is said to be new before the first question", () => {
    expect(titleOf(newConversation("c", 1))).toBe("New chat");
  });

  test("is the first question", () => {
    expect(titled("How do I sort\na list?")).toBe("How do I sort a list?");
  });

  test("names the code where a command was all that was typed", () => {
    expect(titled("", { command: "explain", attachments: [attached()] })).toBe(
      "/explain stock.py:3-4",
    );
  });

  test("has the command before its words", () => {
    expect(titled("the loop", { command: "fix", attachments: [attached()] })).toBe("/fix the loop");
  });

  test("ends at a word within 60 characters", () => {
    const title = titled(`${"words ".repeat(8)}extraordinarily long ones`);
    expect(title).toBe(`${"words ".repeat(8).trim()}…`);
    expect(titled("x".repeat(100))).toBe(`${"x".repeat(59)}…`);
  });

  test("does not cut a character in two", () => {
    expect(titled("😀".repeat(70))).toBe(`${"😀".repeat(59)}…`);
  });

  test.each([
    ["# Why **does** `x` fail?", "Why does x fail?"],
    ["- [this](http://a.b) ~~is~~ *it*", "this is it"],
    ["```py\nprint(1)\n```\nwhat is it?", "print(1) what is it?"],
    ["a*b*c and snake_case_name", "abc and snake_case_name"],
    ["evil\u202Etitle\u0007", "evil title"],
    ["```", "Chat"],
  ])("has no Markdown or control characters of %j", (text, title) => {
    expect(titled(text)).toBe(title);
  });
});
