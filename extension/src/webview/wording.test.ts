import { expect, test } from "vitest";

import type { Answer, AnswerFacts } from "../chat/conversation/conversation";
import type { ShownAttachment } from "../chat/panel/panelMessages";
import { announcementOf, factsOf, fitOf, leftOut, modelAnnouncementOf } from "./wording";

const facts: AnswerFacts = {
  model: { id: "smollm2", name: "SmolLM2 135M", quantization: "int4", starter: true },
  acceleratorName: "CPU (OpenVINO)",
  ttftMs: 412,
  tokensPerSecond: 38.4,
  promptTokens: 1234,
  contextWindow: 8192,
  droppedMessages: 0,
};

const fitWith = (changed: Partial<ShownAttachment["fit"]>): string => {
  const { size, keptLines } = fitOf({
    id: "a",
    label: "stock.py",
    startLine: 0,
    fit: {
      tokens: 412,
      keptTokens: 412,
      lines: 8,
      firstLine: 0,
      endLine: 8,
      exact: true,
      ...changed,
    },
  });
  return keptLines === null ? size : `${size} ${keptLines}`;
};

const answer = (changed: Partial<Answer>): Answer => ({
  text: "",
  state: { kind: "streaming" },
  facts: null,
  ...changed,
});

test("the facts name the model, a starter as such, and how fast it was", () => {
  expect(factsOf(facts)).toEqual([
    "SmolLM2 135M (starter)",
    "CPU (OpenVINO)",
    "first token 0.4 s",
    "38 tokens/s",
    "prompt 1,234 of 8,192 tokens",
  ]);
});

test("what was not measured is left out, and small and large figures stay readable", () => {
  const fewer = { ...facts, ttftMs: null, tokensPerSecond: null };
  expect(factsOf(fewer)).toHaveLength(3);
  expect(factsOf({ ...facts, ttftMs: 12_600, tokensPerSecond: 3.14 }).slice(2, 4)).toEqual([
    "first token 13 s",
    "3.1 tokens/s",
  ]);
  expect(factsOf({ ...facts, ttftMs: 20 })[2]).toBe("first token 0.1 s");
});

test("an attachment says its tokens, and an estimate that it is one", () => {
  expect(fitWith({})).toBe("412 tokens");
  expect(fitWith({ exact: false })).toBe("about 412 tokens");
});

test("an attachment that is too long says how much is read, and which lines", () => {
  expect(fitWith({ tokens: 5210, keptTokens: 2048, lines: 540, endLine: 212 })).toBe(
    "5,210 tokens, cut to 2,048 (lines 1-212)",
  );
  expect(fitWith({ tokens: 5210, keptTokens: 2048, lines: 1, endLine: 1 })).toBe(
    "5,210 tokens, cut to 2,048 (line 1)",
  );
});

test("the lines that are read are counted as the document counts them", () => {
  const fit = { tokens: 900, keptTokens: 400, lines: 30, firstLine: 2, endLine: 12, exact: true };
  expect(fitOf({ id: "a", label: "stock.py:11-40", startLine: 10, fit }).keptLines).toBe(
    "(lines 13-22)",
  );
});

test("a starter is called so once, and what answers without a model names none", () => {
  const named = { ...facts, model: { ...facts.model, name: "SmolLM2 (starter)" } };
  expect(factsOf(named)[0]).toBe("SmolLM2 (starter)");
  const none = { ...facts, model: { ...facts.model, id: "none", starter: false } };
  expect(factsOf(none)[0]).toBe("CPU (OpenVINO)");
});

test("messages that were left out are counted", () => {
  expect(leftOut(facts)).toBeNull();
  expect(leftOut({ ...facts, droppedMessages: 1 })).toBe(
    "The oldest message did not fit and was left out",
  );
  expect(leftOut({ ...facts, droppedMessages: 4 })).toBe(
    "The oldest 4 messages did not fit and were left out",
  );
});

test("a screen reader hears that an answer begins, and how it ends with its beginning", () => {
  const begun = answer({});
  expect(announcementOf(undefined, begun)).toBe("Phi is answering.");
  expect(announcementOf(begun, answer({ text: "It adds." }))).toBeNull();
  expect(announcementOf(begun, answer({ text: "It\n\nadds.", state: { kind: "complete" } }))).toBe(
    "Answer complete. It adds.",
  );
  expect(announcementOf(begun, answer({ state: { kind: "stopped" } }))).toBe("Answer stopped.");
});

test("a long answer is announced with its beginning, whole words", () => {
  const text = "word ".repeat(500);
  const said = announcementOf(answer({}), answer({ text, state: { kind: "complete" } }));
  expect(said?.length).toBeLessThan(230);
  expect(said).toMatch(/word …$/);
});

test("an answer that was there already is not announced", () => {
  expect(announcementOf(undefined, answer({ state: { kind: "complete" } }))).toBeNull();
  const done = answer({ state: { kind: "complete" } });
  expect(announcementOf(done, done)).toBeNull();
});

test("a screen reader hears when there is a model, and when there is none any more", () => {
  const ready = { kind: "ready", model: "Phi-3", starter: false, accelerator: "CPU" } as const;
  const loading = { kind: "preparing", step: "Loading", percentage: 10 } as const;
  const gone = { kind: "unavailable", reason: "No driver.", remedy: null, commands: [] } as const;
  expect(modelAnnouncementOf(undefined, ready)).toBeNull();
  expect(modelAnnouncementOf(loading, { ...loading, percentage: 20 })).toBeNull();
  expect(modelAnnouncementOf(loading, ready)).toBe("The model is ready on CPU.");
  expect(modelAnnouncementOf(ready, gone)).toBe("No model can answer. No driver.");
});
