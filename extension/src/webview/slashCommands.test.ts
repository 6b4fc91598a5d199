import { expect, test } from "vitest";

import { asTyped, isWholeCommand, matchingChoices } from "./slashCommands";

const commands = (typed: string) => matchingChoices(typed).map(({ command }) => command);

test("a slash alone offers every command", () => {
  expect(commands("/")).toEqual(["explain", "fix", "tests", "doc"]);
});

test("what is typed behind the slash narrows the commands, in either case", () => {
  expect(commands("/t")).toEqual(["tests"]);
  expect(commands("/EX")).toEqual(["explain"]);
  expect(commands("/nothing")).toEqual([]);
});

test("a slash elsewhere, or a command that is done, offers none", () => {
  expect(commands("a/")).toEqual([]);
  expect(commands("/fix ")).toEqual([]);
  expect(commands("/fix the loop")).toEqual([]);
  expect(commands("")).toEqual([]);
});

test("only a whole command is one", () => {
  expect(isWholeCommand("/fix")).toBe(true);
  expect(isWholeCommand("/fi")).toBe(false);
  expect(isWholeCommand("/fix it")).toBe(false);
});

test("a question reads as it was typed", () => {
  expect(asTyped({ command: "fix", text: "the loop" })).toBe("/fix the loop");
  expect(asTyped({ command: "fix", text: "" })).toBe("/fix");
  expect(asTyped({ command: null, text: "why?" })).toBe("why?");
});
