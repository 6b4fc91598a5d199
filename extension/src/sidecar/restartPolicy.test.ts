import { expect, test } from "vitest";

import { decideRestart, windowMs } from "./restartPolicy";

test("the first restart is at once, later ones wait longer", () => {
  expect(decideRestart([], 10)).toEqual({ kind: "restart", delayMs: 0, crashes: [10] });
  expect(decideRestart([10], 20)).toEqual({ kind: "restart", delayMs: 1000, crashes: [10, 20] });
  expect(decideRestart([10, 20], 30)).toMatchObject({ kind: "restart", delayMs: 3000 });
});

test("the fourth crash within the window is the last", () => {
  expect(decideRestart([10, 20, 30], 40)).toMatchObject({ kind: "giveUp" });
});

test("crashes of long ago do not count", () => {
  const nowMs = windowMs + 15;
  expect(decideRestart([10, 20, 30], nowMs)).toMatchObject({
    kind: "restart",
    crashes: [20, 30, nowMs],
  });
});
