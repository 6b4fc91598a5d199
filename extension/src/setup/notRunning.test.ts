import { expect, test } from "vitest";

import { notRunning } from "./notRunning";

const failure = { reason: "No Python was found.", remedy: "Install one." };

test("a failure keeps its reason and what helps, and a restart comes with it", () => {
  const fixes = ["installPython", "openSettings"] as const;
  expect(notRunning({ kind: "failed", failure: { ...failure, fixes } })).toEqual({
    ...failure,
    fixes: ["installPython", "openSettings", "restart"],
  });
});

test("a restart is offered once", () => {
  const fixes = ["restart", "showLog"] as const;
  expect(notRunning({ kind: "failed", failure: { ...failure, fixes } }).fixes).toEqual(fixes);
});

test("one that starts, or was stopped, is told as such", () => {
  expect(notRunning({ kind: "starting" })).toMatchObject({
    reason: "It is still starting.",
    fixes: ["restart", "showLog"],
  });
  expect(notRunning({ kind: "stopped" }).remedy).toContain("Restart");
});
