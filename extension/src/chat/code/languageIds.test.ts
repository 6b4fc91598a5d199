import { expect, test } from "vitest";

import { languageIdOf } from "./languageIds";

const known = ["python", "zig", "Log"];

test.each([
  ["python", "python"],
  [" Python ", "python"],
  ["log", "Log"],
  ["zig", "zig"],
  ["rust", "plaintext"],
  ["constructor", "plaintext"],
  ["", "plaintext"],
])("code in %j becomes a file of %s", (name, id) => {
  expect(languageIdOf(name, known)).toBe(id);
});
