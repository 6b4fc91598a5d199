import { describe, expect, test } from "vitest";

import { TriggerKind } from "../generated/methods";
import type { Position } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { Asking, type Question } from "./asking";

const item = {
  text: "return a + b",
  range: { start: { line: 1, character: 4 }, end: { line: 1, character: 4 } },
};

/** A cancel, the editor's or our own. */
function cancellation() {
  const listeners = new Set<(event: undefined) => void>();
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: (listener: (event: undefined) => void) => {
      listeners.add(listener);
      return { dispose: () => listeners.delete(listener) };
    },
  };
  return {
    token,
    cancel: () => {
      token.isCancellationRequested = true;
      for (const listener of [...listeners]) {
        listener(undefined);
      }
    },
  };
}

/** A document, an editor and a sidecar that answers when it is told to. */
function setting() {
  const document = { uri: "file:///a.py", version: 7 };
  const clock = { nowMs: 0, due: [] as (() => void)[] };
  const warnings: string[] = [];
  const again: Position[] = [];
  const underWay: boolean[] = [];
  const answered: number[] = [];
  const cursor = { line: 1, character: 4 };
  const requests: {
    params: unknown;
    cancelled: () => boolean;
    resolve(value: unknown): void;
    reject(error: unknown): void;
  }[] = [];
  const request = ((_method, params, token) =>
    new Promise((resolve, reject) => {
      const cancelled = () => token?.isCancellationRequested === true;
      requests.push({ params, cancelled, resolve, reject });
    })) as Connection["request"];
  const connection = { request };
  const asking = new Asking({
    cancellation,
    isThere: ({ position: { line, character } }) =>
      cursor.line === line && cursor.character === character,
    askAgain: () => again.push({ ...cursor }),
    underWay: (now) => underWay.push(now),
    answered: (_result, tookMs) => answered.push(tookMs),
    nowMs: () => clock.nowMs,
    after: (_durationMs, call) => clock.due.push(call),
    warn: (message) => warnings.push(message),
  });
  return {
    clock,
    document,
    warnings,
    again,
    underWay,
    answered,
    requests,
    drop: () => asking.drop(),
    /** The cursor goes elsewhere, and nothing is typed. */
    move(line: number) {
      cursor.line = line;
      asking.moved();
    },
    /** One call of the editor's. */
    call(changes: Partial<Question> = {}) {
      const { token, cancel } = cancellation();
      const question = {
        document,
        position: { line: 1, character: 4 },
        triggerKind: TriggerKind.automatic,
        traceId: "completion-1",
        ...changes,
      };
      const asked = asking.ask(connection, question, token);
      // What is not answered shows nothing.
      return { items: asked.then((result) => result?.items ?? []), cancel };
    },
    answer: (items: unknown[], index = 0) =>
      requests[index]?.resolve({ traceId: "completion-1", items, outcome: "suggested" }),
    fail: (error: unknown) => requests[0]?.reject(error),
  };
}

/** Lets everything happen that waits for nothing from outside. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("asking for a completion", () => {
  test("sends the version that the document has", async () => {
    const { call, answer, requests } = setting();
    const { items } = call();
    answer([item]);
    expect(await items).toEqual([item]);
    expect(requests.map(({ params }) => params)).toEqual([
      {
        textDocument: { uri: "file:///a.py", version: 7 },
        position: { line: 1, character: 4 },
        triggerKind: 2,
        traceId: "completion-1",
      },
    ]);
  });

  test("drops an answer for a version that the person typed past", async () => {
    const { call, answer, document, again } = setting();
    const { items } = call();
    document.version = 8;
    answer([item]);
    expect(await items).toEqual([]);
    expect(again).toEqual([]);
  });

  test("ends a request when the person types on", async () => {
    const { call, answer, document, requests, again } = setting();
    const { items, cancel } = call();
    document.version = 8;
    cancel();
    expect(await items).toEqual([]);
    expect(requests[0]?.cancelled()).toBe(true);
    answer([item]);
    await settled();
    expect(again).toEqual([]);
  });

  test("tells of a failure by trace id and code, never with its message", async () => {
    const { call, fail, warnings } = setting();
    const { items } = call();
    fail(Object.assign(new Error("secret_code()"), { code: 1003 }));
    expect(await items).toEqual([]);
    expect(warnings).toEqual(["Completion completion-1 failed: code 1003"]);
  });

  test("stays silent about a request that ended because it was cancelled", async () => {
    const { call, document, fail, warnings } = setting();
    const { cancel } = call();
    document.version = 8;
    cancel();
    await settled();
    fail(Object.assign(new Error("cancelled"), { code: -32800 }));
    await settled();
    expect(warnings).toEqual([]);
  });
});

describe("a call that the editor gave up while nobody typed", () => {
  test("ends at once, and its request goes on", async () => {
    const { call, requests } = setting();
    const { items, cancel } = call();
    cancel();
    expect(await items).toEqual([]);
    expect(requests[0]?.cancelled()).toBe(false);
  });

  test("is brought to the editor's notice when the answer is there", async () => {
    const { call, answer, again } = setting();
    const { cancel } = call();
    cancel();
    await settled();
    expect(again).toEqual([]);
    answer([item]);
    await settled();
    expect(again).toEqual([{ line: 1, character: 4 }]);
  });

  test("is brought to its notice where answer and cancel cross", async () => {
    const { call, answer, again } = setting();
    const { items, cancel } = call();
    answer([item]);
    cancel();
    expect(await items).toEqual([]);
    await settled();
    expect(again).toHaveLength(1);
  });

  test("may cross with the answer unheard, so that one of such a time is asked for again", async () => {
    for (const { tookMs, times } of [
      { tookMs: 499, times: 0 },
      { tookMs: 700, times: 1 },
      { tookMs: 1_001, times: 0 },
    ]) {
      const { call, answer, again, clock } = setting();
      const { items } = call();
      clock.nowMs = tookMs;
      answer([item]);
      expect(await items).toEqual([item]);
      await settled();
      expect(again).toEqual([]);
      for (const call of clock.due) {
        call();
      }
      await settled();
      expect(again).toHaveLength(times);
    }
  });

  test("is forgotten where nothing came of it, or the person typed on meanwhile", async () => {
    for (const { items, version } of [
      { items: [], version: 7 },
      { items: [item], version: 8 },
    ]) {
      const { call, answer, document, again } = setting();
      const { cancel } = call();
      cancel();
      await settled();
      document.version = version;
      answer(items);
      await settled();
      expect(again).toEqual([]);
    }
  });

  test("ends its request when the cursor goes elsewhere, before or after", async () => {
    const { call, move, requests } = setting();
    call().cancel();
    await settled();
    expect(requests[0]?.cancelled()).toBe(false);
    move(2);
    expect(requests[0]?.cancelled()).toBe(true);

    call({ position: { line: 2, character: 4 } });
    const { cancel } = call({ position: { line: 3, character: 4 } });
    cancel();
    await settled();
    expect(requests[2]?.cancelled()).toBe(true);
  });

  test("goes on while the cursor stays, as does one that the editor waits for", async () => {
    const { call, move, answer, requests, again } = setting();
    const { items } = call();
    move(2);
    expect(requests[0]?.cancelled()).toBe(false);
    answer([item]);
    expect(await items).toEqual([item]);

    call({ position: { line: 2, character: 4 } }).cancel();
    await settled();
    move(2);
    answer([item], 1);
    await settled();
    expect(again).toEqual([{ line: 2, character: 4 }]);
  });

  // The editor's list, which it then opens, makes such a call; nothing else would once it closes.
  test("shares its request with the next call for the same place, and comes to its notice", async () => {
    const { call, answer, requests, again } = setting();
    call().cancel();
    await settled();
    const { items } = call({ traceId: "completion-2" });
    expect(requests).toHaveLength(1);
    answer([item]);
    expect(await items).toEqual([item]);
    await settled();
    expect(again).toHaveLength(1);
  });

  test("is brought to its notice once, however often it was given up", async () => {
    const { call, answer, again } = setting();
    call().cancel();
    await settled();
    call().cancel();
    await settled();
    answer([item]);
    await settled();
    expect(again).toHaveLength(1);
  });

  test("gives way to a call for another place, and to one that the person makes", async () => {
    for (const next of [
      { position: { line: 2, character: 0 } },
      { triggerKind: TriggerKind.invoked },
    ]) {
      const { call, answer, requests, again } = setting();
      call().cancel();
      await settled();
      const { items } = call(next);
      expect(requests.map(({ cancelled }) => cancelled())).toEqual([true, false]);
      answer([item], 0);
      answer([], 1);
      expect(await items).toEqual([]);
      expect(again).toEqual([]);
    }
  });

  test("ends its request where the person had asked for it", async () => {
    const { call, answer, requests, again } = setting();
    const invoked = call({ triggerKind: TriggerKind.invoked });
    invoked.cancel();
    await settled();
    expect(requests[0]?.cancelled()).toBe(true);
    const { items } = call();
    answer([item], 1);
    expect(await items).toEqual([item]);
    expect(again).toEqual([]);
  });
});

describe("what the person wants nothing of", () => {
  test("ends with the request that is under way, which nobody hears of again", async () => {
    const { call, drop, answer, requests, again, answered } = setting();
    const { items, cancel } = call();
    // The editor gives its call up in the same moment.
    cancel();
    await settled();
    expect(drop()).toBe("completion-1");
    expect(requests[0]?.cancelled()).toBe(true);
    answer([item]);
    expect(await items).toEqual([]);
    await settled();
    expect(again).toEqual([]);
    expect(answered).toEqual([]);
  });

  test("is not brought to notice where its answer had come already", async () => {
    const { call, drop, answer, again, clock } = setting();
    const { items } = call();
    clock.nowMs = 700;
    answer([item]);
    await items;
    expect(drop()).toBeUndefined();
    for (const late of clock.due) {
      late();
    }
    await settled();
    expect(again).toEqual([]);
  });

  test("leaves the next request alone", async () => {
    const { call, drop, answer, again } = setting();
    call();
    drop();
    const { cancel } = call({ traceId: "completion-2" });
    cancel();
    answer([item], 1);
    await settled();
    expect(again).toHaveLength(1);
  });
});

describe("what goes on", () => {
  test("is said to be under way from the first request to the last answer", async () => {
    const { call, answer, underWay } = setting();
    const { items } = call();
    call({ position: { line: 2, character: 0 } });
    expect(underWay).toEqual([true]);
    answer([], 0);
    answer([], 1);
    await items;
    await settled();
    expect(underWay).toEqual([true, false]);
  });

  test("is timed from the request to its answer, once for all calls that share it", async () => {
    const { call, answer, answered, clock } = setting();
    clock.nowMs = 100;
    call().cancel();
    await settled();
    clock.nowMs = 150;
    const { items } = call();
    clock.nowMs = 184;
    answer([item]);
    await items;
    expect(answered).toEqual([84]);
  });
});
