import { describe, expect, test } from "vitest";

import { minutesIn, Snooze, timeOfDay } from "./snooze";

const minuteMs = 60_000;

/** A clock with its timers, what is kept, and how often a change was told. */
function world(keptMs?: unknown) {
  let nowMs = 1_000_000_000;
  let timers: { atMs: number; call: () => void }[] = [];
  const kept: (number | undefined)[] = [];
  let changes = 0;
  const fire = () => {
    for (;;) {
      const due = timers.find(({ atMs }) => atMs <= nowMs);
      if (due === undefined) {
        return;
      }
      timers = timers.filter((timer) => timer !== due);
      due.call();
    }
  };
  const snooze = new Snooze(
    {
      nowMs: () => nowMs,
      after: (durationMs, call) => {
        const timer = { atMs: nowMs + durationMs, call };
        timers.push(timer);
        return {
          dispose: () => {
            timers = timers.filter((one) => one !== timer);
          },
        };
      },
      keep: (untilMs) => kept.push(untilMs),
      changed: () => {
        changes += 1;
      },
    },
    keptMs,
  );
  return {
    snooze,
    kept,
    nowMs: () => nowMs,
    changes: () => changes,
    timers: () => timers.length,
    /** Time goes by in steps, and timers fire when they are due. */
    pass: (durationMs: number) => {
      const end = nowMs + durationMs;
      for (;;) {
        const next = Math.min(end, ...timers.map(({ atMs }) => atMs));
        nowMs = next;
        fire();
        if (next === end) {
          return;
        }
      }
    },
    /** Time goes by while the machine sleeps: timers know nothing of it. */
    sleep: (durationMs: number) => {
      nowMs += durationMs;
      timers = timers.map(({ atMs, call }) => ({ atMs: atMs + durationMs, call }));
    },
  };
}

describe("snoozing", () => {
  test("lasts as long as was asked and ends by itself exactly then", () => {
    const { snooze, pass, nowMs, changes } = world();
    expect(snooze.untilMs).toBeUndefined();
    snooze.start(5);
    expect(snooze.untilMs).toBe(nowMs() + 5 * minuteMs);
    pass(5 * minuteMs - 1);
    expect(changes()).toBe(1);
    pass(1);
    expect(changes()).toBe(2);
    expect(snooze.untilMs).toBeUndefined();
  });

  test("ends before its time when told to, once", () => {
    const { snooze, changes, timers } = world();
    snooze.start(15);
    snooze.end();
    snooze.end();
    expect(snooze.untilMs).toBeUndefined();
    expect(changes()).toBe(2);
    expect(timers()).toBe(0);
  });

  test("counts again from now when asked for while it lasts", () => {
    const { snooze, pass, nowMs } = world();
    snooze.start(5);
    pass(3 * minuteMs);
    snooze.start(15);
    pass(10 * minuteMs);
    expect(snooze.untilMs).toBe(nowMs() + 5 * minuteMs);
  });

  test("is over when the machine slept past its end, before any timer fires", () => {
    const { snooze, sleep, changes } = world();
    snooze.start(5);
    sleep(8 * 60 * minuteMs);
    expect(snooze.untilMs).toBeUndefined();
    expect(changes()).toBe(2);
  });

  test("tells its end soon after the machine woke, with nobody asking", () => {
    const { snooze, sleep, pass, changes } = world();
    snooze.start(60);
    sleep(8 * 60 * minuteMs);
    pass(20_000);
    expect(changes()).toBe(2);
  });

  test("goes on after a reload of the window, until the same time", () => {
    const before = world();
    before.snooze.start(15);
    const [kept] = before.kept;
    const after = world(kept);
    expect(after.snooze.untilMs).toBe(kept);
    after.pass(15 * minuteMs);
    expect(after.changes()).toBe(1);
    expect(after.kept).toEqual([undefined]);
  });

  test("is forgotten where it ended while the window was closed", () => {
    const { snooze, kept, timers } = world(999_999_999);
    expect(snooze.untilMs).toBeUndefined();
    expect(kept).toEqual([undefined]);
    expect(timers()).toBe(0);
  });

  test("ignores what was kept where it makes no sense", () => {
    for (const nonsense of ["soon", null, Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
      expect(world(nonsense).snooze.untilMs).toBeUndefined();
    }
  });

  test("leaves no timer behind", () => {
    const { snooze, timers } = world();
    snooze.start(5);
    snooze.dispose();
    expect(timers()).toBe(0);
  });
});

test("a command's argument is minutes, or nothing", () => {
  expect([5, 0.5, 1440].map(minutesIn)).toEqual([5, 0.5, 1440]);
  const others = [0, -5, 1441, Number.NaN, "5", null, undefined, [5]];
  expect(others.map(minutesIn)).toEqual(others.map(() => undefined));
});

test("a time of day is written as people there write it", () => {
  const afternoon = new Date(2026, 0, 1, 14, 5).getTime();
  expect(timeOfDay(afternoon, "de")).toBe("14:05");
  expect(timeOfDay(afternoon, "en-US")).toMatch(/^02:05\sPM$/);
});
