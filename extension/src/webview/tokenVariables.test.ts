import { expect, test } from "vitest";

import { contrast, over, type Rgb, readColour, readHex } from "./contrast";
import { tokenVariables } from "./tokenVariables";

const dark: Rgb = [43, 43, 43];
const light: Rgb = [248, 248, 248];
const colour = (color: string | null, background: Rgb | undefined = dark) =>
  tokenVariables({ color }, background)[""];
const rgb = (hex: string | null) => readHex(hex ?? "")?.rgb ?? [0, 0, 0];

test("contrast is that of WCAG", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
  expect(contrast([118, 118, 118], [255, 255, 255])).toBeCloseTo(4.54, 2);
  expect(contrast([255, 255, 255], [118, 118, 118])).toBeCloseTo(4.54, 2);
});

test("colours are read as the editor writes them", () => {
  expect(readColour(" #1F2 ")).toEqual({ rgb: [17, 255, 34], alpha: 1 });
  expect(readColour("#11ff2280")?.alpha).toBeCloseTo(0.5, 2);
  expect(readColour("rgba(1, 2, 3, 0.4)")).toEqual({ rgb: [1, 2, 3], alpha: 0.4 });
  expect(readColour("rgb(1, 2, 3)")).toEqual({ rgb: [1, 2, 3], alpha: 1 });
  expect(readColour("")).toBeUndefined();
});

test("a colour that reads well is taken as it is", () => {
  expect(colour("#ce9178")).toBe("#ce9178");
  expect(colour("#A31515", light)).toBe("#a31515");
});

test("one that reads fairly is made a little stronger, on either side", () => {
  expect(contrast(rgb("#6a9955"), dark)).toBeLessThan(4.5);
  for (const [fair, background] of [
    ["#6a9955", dark],
    ["#098658", light],
  ] as const) {
    const strong = rgb(colour(fair, background));
    expect(contrast(strong, background)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(strong, background)).toBeLessThan(4.8);
  }
});

test("one that cannot be read is not taken", () => {
  expect(colour("#444444")).toBeNull();
  expect(colour("#fffff0", light)).toBeNull();
});

test("a colour that lets its background through is judged by what is seen", () => {
  const seen = over({ rgb: [255, 255, 255], alpha: 0.8 }, dark);
  const [red = 0] = rgb(colour("#ffffffcc"));
  expect(Math.abs(red - seen[0])).toBeLessThan(2);
  expect(colour("#ffffff20")).toBeNull();
});

test("plain text follows the editor's", () => {
  expect(colour(null)).toBe("var(--vscode-editor-foreground)");
});

test.each(["red", "#12", "#12345", "#1234567", "url(x)", "#fff; color: red", "var(--x)", ""])(
  "%j is no colour that is taken",
  (value) => {
    expect(colour(value)).toBeNull();
  },
);

test("nothing is taken where the background is not known, or the theme says nothing", () => {
  expect(tokenVariables({ color: "#ce9178" }, undefined)[""]).toBeNull();
  expect(tokenVariables(undefined, dark)).toEqual({
    "": null,
    "-style": null,
    "-weight": null,
    "-line": null,
  });
});

test("styles are taken by the words that are known", () => {
  const {
    "-style": style,
    "-weight": weight,
    "-line": line,
  } = tokenVariables({ color: null, fontStyle: "italic bold underline strikethrough blink" }, dark);
  expect([style, weight, line]).toEqual(["italic", "bold", "underline line-through"]);
});
