import { expect, test } from "vitest";

import type { WorkDone } from "./connection";
import { steps } from "./progressSteps";

function shown(...done: WorkDone[]): unknown[] {
  const told: unknown[] = [];
  const step = steps({ report: (value) => told.push(value) });
  done.forEach(step);
  return told;
}

test("percentages become increments, and never go back", () => {
  expect(
    shown(
      { percentage: 0 },
      { message: "a", percentage: 30 },
      { percentage: 20 },
      { percentage: 45 },
    ),
  ).toEqual([
    { increment: 0 },
    { message: "a", increment: 30 },
    { increment: 0 },
    { increment: 15 },
  ]);
});

test("without a percentage there is no increment", () => {
  expect(shown({ message: "unpacking" })).toEqual([{ message: "unpacking" }]);
});

test("a step makes no link of a model's name", () => {
  expect(shown({ message: "Fetching [a](command:workbench.action.quit)" })).toEqual([
    { message: "Fetching [a] (command:workbench.action.quit)" },
  ]);
});
