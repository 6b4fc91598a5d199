import { describe, expect, test } from "vitest";

import { settle, Timers } from "../chat.fixture";
import { Saving } from "./saving";

function saving() {
  const timers = new Timers();
  const written: string[] = [];
  const failures: unknown[] = [];
  let trouble: Error | undefined;
  let held: Promise<void> = Promise.resolve();
  const one = new Saving<string>({
    write: async (thing) => {
      await held;
      if (trouble !== undefined) {
        throw trouble;
      }
      written.push(thing);
    },
    later: timers.later,
    failed: (error) => failures.push(error),
  });
  return {
    saving: one,
    timers,
    written,
    failures,
    fail: (error: Error | undefined) => {
      trouble = error;
    },
    hold: () => {
      let release = () => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
}

describe("saving", () => {
  test("writes a thing once in a second, however often it changes", async () => {
    const { saving: s, timers, written } = saving();
    s.changed("a");
    timers.pass(600);
    s.changed("a");
    s.changed("b");
    expect(written).toEqual([]);
    // The second change does not put the write off.
    timers.pass(400);
    await settle();
    expect(written).toEqual(["a", "b"]);
    timers.pass(5_000);
    await settle();
    expect(written).toHaveLength(2);
  });

  test("writes at once what is saved or flushed, and not again", async () => {
    const { saving: s, timers, written } = saving();
    s.changed("a");
    await s.save("a");
    s.changed("b");
    await s.flush();
    timers.pass(5_000);
    await settle();
    expect(written).toEqual(["a", "b"]);
  });

  test("flushes what is being written already", async () => {
    const { saving: s, written, hold } = saving();
    const release = hold();
    void s.save("a");
    let flushed = false;
    const flushing = s.flush().then(() => {
      flushed = true;
    });
    await settle();
    expect(flushed).toBe(false);
    release();
    await flushing;
    expect(written).toEqual(["a"]);
  });

  test("does not write what was dropped", async () => {
    const { saving: s, written } = saving();
    s.changed("a");
    s.drop("a");
    await s.flush();
    expect(written).toEqual([]);
  });

  test("tells of a write that failed, and writes it with the next change", async () => {
    const { saving: s, written, failures, fail, timers } = saving();
    fail(new Error("disk full"));
    await s.save("a");
    expect(failures).toHaveLength(1);
    timers.pass(5_000);
    await settle();
    expect(failures).toHaveLength(1);
    fail(undefined);
    s.changed("b");
    timers.pass(1_000);
    await settle();
    expect(written).toEqual(["a", "b"]);
  });
});
