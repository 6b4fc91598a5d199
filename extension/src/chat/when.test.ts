import { expect, test } from "vitest";

import { whenOf } from "./when";

const nowMs = new Date(2026, 4, 20, 12).getTime();

test.each([
  [0, "just now"],
  [-5_000, "just now"],
  [60_000, "1 minute ago"],
  [59 * 60_000, "59 minutes ago"],
  [3_600_000, "1 hour ago"],
  [47 * 3_600_000, "1 day ago"],
  [6 * 86_400_000, "6 days ago"],
  [8 * 86_400_000, "May 12, 2026"],
])("something %d ms ago was %s", (agoMs, words) => {
  expect(whenOf(nowMs - agoMs, nowMs)).toBe(words);
});
