import { expect, test } from "vitest";

import type { WorkDone } from "./connection";
import { steps } from "./progressSteps";

function shown(...done: WorkDone[]): unknown[] {
  const told: unknown[] = [];
  const step = steps({ report: (value) => told.push(value) });
  done.forEach(step);
  return told;
}

test("percentages become increments", () => {
  expect(shown({ percentage: 0 }, { message: "a", percentage: 30 }, { percentage: 45 })).toEqual([
    { increment: 0 },
    { message: "a", increment: 30 },
    { increment: 15 },
  ]);
});

test("a second stretch begins with an empty bar, and fills it to its end", () => {
  const increments = shown(
    { message: "runtime", percentage: 60 },
    { message: "runtime", percentage: 100 },
    { message: "model", percentage: 1 },
    { message: "model", percentage: 40 },
    { message: "model", percentage: 100 },
  );
  expect(increments).toEqual([
    { message: "runtime", increment: 60 },
    { message: "runtime", increment: 40 },
    { message: "model", increment: -100 },
    { message: "model", increment: 40 },
    { message: "model", increment: 60 },
  ]);
});

test("the bar is endless again while nobody knows how far it is", () => {
  expect(shown({ percentage: 100 }, { message: "loading" }, { message: "warming up" })).toEqual([
    { increment: 100 },
    { message: "loading", increment: -100 },
    { message: "warming up" },
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
