import { describe, expect, test } from "vitest";

import { TriggerKind } from "../generated/methods";
import type { Connection } from "../sidecar/connection";
import { ask } from "./ask";

const item = {
  text: "return a + b",
  range: { start: { line: 1, character: 4 }, end: { line: 1, character: 4 } },
};

/** A document, a token and a sidecar that answers when it is told to. */
function setting() {
  const document = { uri: "file:///a.py", version: 7 };
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => undefined }),
  };
  const warnings: string[] = [];
  const sent: unknown[] = [];
  let answer: { resolve(value: unknown): void; reject(error: unknown): void } | undefined;
  const request: Connection["request"] = (method, params) => {
    sent.push({ method, params });
    return new Promise((resolve, reject) => {
      answer = { resolve: resolve as (value: unknown) => void, reject };
    });
  };
  const question = {
    document,
    position: { line: 1, character: 4 },
    triggerKind: TriggerKind.automatic,
    traceId: "completion-1",
  };
  return {
    document,
    token,
    warnings,
    sent,
    asked: ask({ request }, question, token, (message) => warnings.push(message)),
    answerWith: (items: unknown[]) =>
      answer?.resolve({ traceId: "completion-1", items, outcome: "suggested" }),
    failWith: (error: unknown) => answer?.reject(error),
  };
}

describe("asking for a completion", () => {
  test("sends the version that the document has", async () => {
    const { asked, answerWith, sent } = setting();
    answerWith([item]);
    expect(await asked).toEqual([item]);
    expect(sent).toEqual([
      {
        method: "phi/inlineCompletion",
        params: {
          textDocument: { uri: "file:///a.py", version: 7 },
          position: { line: 1, character: 4 },
          triggerKind: 2,
          traceId: "completion-1",
        },
      },
    ]);
  });

  test("drops an answer for a version that the person typed past", async () => {
    const { asked, answerWith, document } = setting();
    document.version = 8;
    answerWith([item]);
    expect(await asked).toEqual([]);
  });

  test("drops an answer that came after a cancel", async () => {
    const { asked, answerWith, token } = setting();
    token.isCancellationRequested = true;
    answerWith([item]);
    expect(await asked).toEqual([]);
  });

  test("tells of a failure by trace id and code, never with its message", async () => {
    const { asked, failWith, warnings } = setting();
    failWith(Object.assign(new Error("secret_code()"), { code: 1003 }));
    expect(await asked).toEqual([]);
    expect(warnings).toEqual(["Completion completion-1 failed: code 1003"]);
  });

  test("stays silent about a request that ended because it was cancelled", async () => {
    const { asked, failWith, token, warnings } = setting();
    token.isCancellationRequested = true;
    failWith(Object.assign(new Error("cancelled"), { code: -32800 }));
    expect(await asked).toEqual([]);
    expect(warnings).toEqual([]);
  });
});
