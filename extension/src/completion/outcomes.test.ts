import { expect, test } from "vitest";

import type { GenerationMetrics, InlineCompletionResult } from "../generated/protocol";
import { lastCompletionLine, lastCompletionOf, outcomeWords } from "./outcomes";

const metrics: GenerationMetrics = {
  ttftMs: 30,
  tpotMs: 4,
  totalMs: 80,
  promptTokens: 200,
  cachedTokens: 192,
  completionTokens: 12,
  executingDevice: "CPU",
};
const result = (more: Partial<InlineCompletionResult>): InlineCompletionResult => ({
  traceId: "1",
  items: [],
  outcome: "suggested",
  ...more,
});
const line = (more: Partial<InlineCompletionResult>) => {
  const last = lastCompletionOf(result(more), 84.4);
  return last && lastCompletionLine(last);
};

test("a suggestion is told by its time, its length and what was reused", () => {
  expect(line({ metrics })).toBe("Last suggestion: 84 ms, 12 tokens, 96 % of the prompt reused");
  expect(line({ metrics: { ...metrics, completionTokens: 1 } })).toContain(", 1 token,");
});

test("one that was known already claims no work", () => {
  expect(line({ fromCache: true })).toBe("Last suggestion: 84 ms, known already");
});

test("where there is none the reason is told, in the sidecar's words if it has any", () => {
  const detail = "Code follows the cursor on its line.";
  expect(line({ outcome: "unsuitablePlace", detail })).toBe(`No suggestion: ${detail}`);
  expect(line({ outcome: "unsure" })).toBe("No suggestion: The model was not sure enough.");
});

test("what the person typed past is not worth a word", () => {
  expect(line({ outcome: "superseded" })).toBeUndefined();
  expect(line({ outcome: "stale" })).toBeUndefined();
});

test("every outcome has words of its own", () => {
  const words = Object.values(outcomeWords);
  expect(new Set(words).size).toBe(words.length);
});
