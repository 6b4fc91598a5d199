import { describe, expect, test } from "vitest";

import { answered, attached, question, refused, result } from "../chat.fixture";
import { messagesFor } from "./conversationMessages";
import {
  appendText,
  ask,
  askAnother,
  breakOff,
  finish,
  newConversation,
  showAnswer,
} from "./turns";

const said = (messages: readonly { role: string; content: string }[]) =>
  messages.map(({ role, content }) => `${role}: ${content}`);

describe("what goes to the model", () => {
  test("is the conversation, its last question at the end", () => {
    const conversation = answered("c", "one", "two");
    expect(said(messagesFor(conversation, "t2"))).toEqual([
      "user: one",
      "assistant: Answer to one",
      "user: two",
    ]);
  });

  test("ends with the question that is asked again, whatever came after it", () => {
    expect(said(messagesFor(answered("c", "one", "two"), "t1"))).toEqual(["user: one"]);
  });

  test("has the command and the code of a question", () => {
    const code = attached();
    const asked = ask(newConversation("c", 1), {
      id: "t",
      question: question("why", { command: "explain", attachments: [code] }),
      nowMs: 2,
    });
    expect(messagesFor(asked, "t")).toEqual([
      { role: "user", content: "why", command: "explain", attachments: [code.attachment] },
    ]);
  });

  test("has of several answers the one that is shown", () => {
    const place = { turn: "t1", answer: 1 };
    const both = finish(askAnother(answered("c", "one"), "t1", 5), place, {
      result: result("Another"),
      nowMs: 6,
    });
    const follow = (from: typeof both) =>
      said(messagesFor(ask(from, { id: "t2", question: question("two"), nowMs: 7 }), "t2"));
    expect(follow(both)).toContain("assistant: Another");
    expect(follow(showAnswer(both, { turn: "t1", answer: 0 }))).toContain(
      "assistant: Answer to one",
    );
  });

  test("has what came of an answer that was stopped", () => {
    const place = { turn: "t1", answer: 0 };
    const asked = ask(newConversation("c", 1), { id: "t1", question: question("one"), nowMs: 2 });
    const stopped = breakOff(appendText(asked, place, "Some"), place, {
      state: { kind: "stopped" },
      nowMs: 3,
    });
    const next = ask(stopped, { id: "t2", question: question("two"), nowMs: 4 });
    expect(said(messagesFor(next, "t2"))).toEqual(["user: one", "assistant: Some", "user: two"]);
  });

  test("leaves out a question that nothing came to", () => {
    const next = ask(refused(answered("c", "one"), "two"), {
      id: "t3",
      question: question("three"),
      nowMs: 40,
    });
    expect(said(messagesFor(next, "t3"))).toEqual([
      "user: one",
      "assistant: Answer to one",
      "user: three",
    ]);
  });
});
