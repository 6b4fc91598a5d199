import { expect, test } from "vitest";

import type { ModelState } from "../chat/panel/panelMessages";
import { longestQuestion, mergeDraft, recall, sendingOf } from "./composing";

const ready: ModelState = { kind: "ready", model: "Phi-3", starter: false, accelerator: "CPU" };
const preparing: ModelState = { kind: "preparing", step: "Loading", percentage: null };
const unavailable: ModelState = {
  kind: "unavailable",
  reason: "No driver.",
  remedy: null,
  commands: [],
};

test("a question is sent when a model can answer it", () => {
  expect(sendingOf("why?", { model: ready, answering: false })).toEqual({ kind: "send" });
});

test("blanks are no question", () => {
  expect(sendingOf(" \n", { model: ready, answering: false })).toEqual({ kind: "nothing" });
});

test("a question waits while the model is prepared, or nothing is known of it", () => {
  expect(sendingOf("why?", { model: preparing, answering: false })).toEqual({ kind: "wait" });
  expect(sendingOf("why?", { model: undefined, answering: false })).toEqual({ kind: "wait" });
});

test("a question is refused, with the reason, during an answer and without a model", () => {
  expect(sendingOf("why?", { model: ready, answering: true }).kind).toBe("refuse");
  expect(sendingOf("why?", { model: unavailable, answering: false })).toEqual({
    kind: "refuse",
    why: "No model can answer now. What you typed is kept.",
  });
});

test("what is too long to be taken stays typed, with what to do instead", () => {
  const sending = (length: number) =>
    sendingOf("x".repeat(length), { model: ready, answering: false });
  expect(sending(longestQuestion).kind).toBe("send");
  expect(sending(longestQuestion + 1)).toMatchObject({
    kind: "refuse",
    why: expect.stringContaining("too long"),
  });
});

test("a draft replaces what the extension knows", () => {
  expect(mergeDraft("/fix ", { typed: "why", told: "why" })).toBe("/fix ");
  expect(mergeDraft("", { typed: "why", told: "why" })).toBe("");
  expect(mergeDraft("why", { typed: "", told: "" })).toBe("why");
});

test("an echo of an older draft does not undo newer typing", () => {
  expect(mergeDraft("wh", { typed: "why not", told: "wh" })).toBe("why not");
});

test("a question that is given back goes before the one that was typed since", () => {
  expect(mergeDraft("why?", { typed: "and how", told: "" })).toBe("why?\n\nand how");
  expect(mergeDraft("why?\n\nand", { typed: "and how", told: "and" })).toBe("why?\n\nand how");
});

test("an empty draft does not take away what was typed since", () => {
  expect(mergeDraft("", { typed: "and how", told: "why?" })).toBe("and how");
});

test("going back and forth through the questions ends where it began", () => {
  const questions = ["first", "second"];
  expect(recall(questions, { from: 0, step: 1 })).toEqual({ back: 1, text: "second" });
  expect(recall(questions, { from: 1, step: 1 })).toEqual({ back: 2, text: "first" });
  expect(recall(questions, { from: 2, step: 1 })).toBeNull();
  expect(recall(questions, { from: 1, step: -1 })).toEqual({ back: 0, text: "" });
  expect(recall(questions, { from: 0, step: -1 })).toBeNull();
});

test("without a question there is none to go back to", () => {
  expect(recall([], { from: 0, step: 1 })).toBeNull();
});
