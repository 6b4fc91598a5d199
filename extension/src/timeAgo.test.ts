import { expect, test } from "vitest";

import { timeAgo } from "./timeAgo";

const nowMs = new Date(2026, 4, 20, 12).getTime();

test.each([
  [0, "now"],
  [-5_000, "now"],
  [60_000, "1 min. ago"],
  [59 * 60_000, "59 min. ago"],
  [3_600_000, "1 hr. ago"],
  [47 * 3_600_000, "yesterday"],
  [6 * 86_400_000, "6 days ago"],
  [8 * 86_400_000, "May 12, 2026"],
])("something %d ms ago was %s", (agoMs, words) => {
  expect(timeAgo(nowMs - agoMs, nowMs)).toBe(words);
});
