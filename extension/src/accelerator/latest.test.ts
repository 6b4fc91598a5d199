import { describe, expect, test } from "vitest";

import { Latest } from "./latest";

/** Work that ends when it is told to, and writes down what happened to it. */
function work(name: string, events: string[]) {
  let finish: (() => void) | undefined;
  let fail: ((error: Error) => void) | undefined;
  return {
    run: (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        events.push(`${name} begins`);
        signal.addEventListener("abort", () => events.push(`${name} is to end`));
        finish = () => {
          events.push(`${name} ends`);
          resolve(name);
        };
        fail = reject;
      }),
    finish: () => finish?.(),
    fail: (error: Error) => fail?.(error),
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("one piece of work at a time", () => {
  test("gives back what the work results in", async () => {
    expect(await new Latest().run(async () => "done")).toBe("done");
  });

  test("a newer one ends the one under way, and begins when that has ended", async () => {
    const events: string[] = [];
    const latest = new Latest();
    const [first, second] = [work("first", events), work("second", events)];
    void latest.run(first.run);
    await settled();
    void latest.run(second.run);
    await settled();
    expect(events).toEqual(["first begins", "first is to end"]);
    first.finish();
    await settled();
    expect(events.slice(2)).toEqual(["first ends", "second begins"]);
  });

  test("one that was overtaken while it waited never begins", async () => {
    const events: string[] = [];
    const latest = new Latest();
    const works = ["first", "second", "third"].map((name) => work(name, events));
    const results = works.map(({ run }) => latest.run(run));
    await settled();
    works[2]?.finish();
    expect(await Promise.all(results)).toEqual([undefined, undefined, "third"]);
    expect(events).toEqual(["third begins", "third ends"]);
  });

  test("a failure is told to who asked, and does not keep the next from running", async () => {
    const events: string[] = [];
    const latest = new Latest();
    const first = work("first", events);
    const failing = latest.run(first.run);
    await settled();
    const next = latest.run(async () => "next");
    first.fail(new Error("no"));
    await expect(failing).rejects.toThrow("no");
    expect(await next).toBe("next");
  });

  test("is busy until the newest has ended", async () => {
    const events: string[] = [];
    const latest = new Latest();
    const [first, second] = [work("first", events), work("second", events)];
    expect(latest.busy).toBe(false);
    void latest.run(first.run);
    await settled();
    const last = latest.run(second.run);
    first.finish();
    await settled();
    expect(latest.busy).toBe(true);
    second.finish();
    await last;
    expect(latest.busy).toBe(false);
  });
});
