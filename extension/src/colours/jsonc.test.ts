import { expect, test } from "vitest";

import { parseJsonc } from "./jsonc";

test("comments are left out", () => {
  expect(parseJsonc('// A theme.\n{ /* of */ "a": 1, // one\n "b": 2 } // end')).toEqual({
    a: 1,
    b: 2,
  });
});

test("trailing commas are left out, with a comment behind them as well", () => {
  expect(parseJsonc('{ "a": [1, 2, ], "b": { "c": 3, /* last */ }, // really\n}')).toEqual({
    a: [1, 2],
    b: { c: 3 },
  });
});

test("what stands inside a string is kept", () => {
  const text = '{ "a": "// no comment", "b": "/* nor this */", "c": "\\" // ,]", "d": ",}" }';
  expect(parseJsonc(text)).toEqual({
    a: "// no comment",
    b: "/* nor this */",
    c: '" // ,]',
    d: ",}",
  });
});

test("an apostrophe or a quote inside a comment opens no string", () => {
  expect(parseJsonc('{ // it\'s "open\n "a": 1 }')).toEqual({ a: 1 });
});

test("a byte order mark is left out", () => {
  expect(parseJsonc('\uFEFF{ "a": 1 }')).toEqual({ a: 1 });
});

test.each(["", "{", "{ a: 1 }", "[1,,2]", "<plist></plist>"])("%j is refused", (text) => {
  expect(() => parseJsonc(text)).toThrow(SyntaxError);
});

test("a long file of quotes and slashes takes no time to speak of", () => {
  const text = `{ "a": "${"\\\\/".repeat(200_000)}", // ${'"'.repeat(200_000)}\n }`;
  expect(parseJsonc(text)).toEqual({ a: "\\/".repeat(200_000) });
});
