import { describe, expect, test } from "vitest";

import { asTyped, parseTyped } from "./slashCommand";

describe("what was typed", () => {
  test.each([
    ["/explain", "explain", ""],
    ["/fix why does it\n  fail? ", "fix", "why does it\n  fail?"],
    ["  /Tests\nwith pytest", "tests", "with pytest"],
    ["/doc", "doc", ""],
  ])("begins with the command in %j", (typed, command, text) => {
    expect(parseTyped(typed)).toEqual({ command, text });
  });

  test.each(["/foo bar", "/explaining this", "/", "say /explain", "/explain.", "how?"])(
    "is plain text in %j",
    (typed) => {
      expect(parseTyped(typed)).toEqual({ command: null, text: typed });
    },
  );

  test("comes out again as it went in", () => {
    for (const typed of ["/explain why", "/fix", "why", "/foo"]) {
      expect(asTyped(parseTyped(typed))).toBe(typed);
    }
  });
});
