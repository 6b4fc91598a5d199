import { describe, expect, test } from "vitest";

import { fitInsertion, type InsertionPlace } from "./insertion";

/** Puts code where the bar is; between two bars is what is selected. */
function inserted(document: string, code: string, more: Partial<InsertionPlace> = {}): string {
  const [before = "", selected = "", after] = document.split("|");
  const rest = after ?? selected;
  const replaced = after === undefined ? "" : selected;
  const whole = before + replaced + rest;
  const lineStart = before.lastIndexOf("\n") + 1;
  const [line = ""] = whole.slice(lineStart).split("\n", 1);
  const { text, cursor } = fitInsertion(code, {
    line,
    character: before.length - lineStart,
    selected: replaced,
    textAfter: (rest.split("\n", 1)[0] ?? "").trim() !== "",
    atEnd: rest === "",
    eol: "\n",
    tabs: false,
    ...more,
  });
  return `${before}${text.slice(0, cursor)}^${text.slice(cursor)}${rest}`;
}

describe("code that is inserted", () => {
  test("takes on the indentation of the line that it begins", () => {
    expect(inserted("def f():\n    |\n", "if x:\n    return 1\n\nreturn 2\n")).toBe(
      "def f():\n    if x:\n        return 1\n\n    return 2^\n",
    );
  });

  test("is indented in full where the cursor stands before the indentation", () => {
    expect(inserted("|    pass", "a\nb")).toBe("    a\n    b^\n    pass");
    expect(inserted("  |  pass", "a\nb")).toBe("    a\n    b^\n    pass");
  });

  test("goes in as it is behind other text", () => {
    expect(inserted("    x = |", "f(\n  1,\n)")).toBe("    x = f(\n  1,\n)^");
    expect(inserted("    x = |", "f(1)\n")).toBe("    x = f(1)^");
  });

  test("goes in as it is where it has an indentation of its own", () => {
    expect(inserted("    |", "    a\n    b")).toBe("        a\n    b^");
  });

  test("does not run into what stood behind the cursor", () => {
    expect(inserted("    |done()", "a\nb")).toBe("    a\n    b^\n    done()");
    expect(inserted("    |done()", "not ")).toBe("    not ^done()");
  });

  test("replaces whole lines by whole lines", () => {
    expect(inserted("a\n|    b\n    c\n|d", "x\ny")).toBe("a\n    x\n    y^\nd");
  });

  test("leaves a file with a line end where it is its last line", () => {
    expect(inserted("a\n|", "x\ny\n")).toBe("a\nx\ny^\n");
    expect(inserted("a = |", "x\n")).toBe("a = x^");
    expect(inserted("a\n|\nb", "x\ny\n")).toBe("a\nx\ny^\nb");
  });

  test("replaces a selection within a line", () => {
    expect(inserted("x = |old|;", "new\n")).toBe("x = new^;");
  });

  test("has the document's line ends", () => {
    expect(inserted("|", "a\r\nb\nc\r", { eol: "\r\n" })).toBe("a\r\nb\r\nc^\r\n");
  });

  test("is indented with tabs where the document is", () => {
    expect(inserted("\t|", "if x:\n    y = [\n        1,\n    ]", { tabs: true })).toBe(
      "\tif x:\n\t\ty = [\n\t\t\t1,\n\t\t]^",
    );
    expect(inserted("|", "/**\n * a\n */", { tabs: true })).toBe("/**\n * a\n */^");
  });
});
