import { describe, expect, test } from "vitest";

import { attached } from "../chat.fixture";
import { labelOf, locate, problemLines, wholeLines } from "./code";

const stock = {
  path: "/w/a/stock.py",
  name: "stock.py",
  relativePath: "a/stock.py",
  within: "",
};
const selection = (startLine: number, endLine: number, character: number) => ({
  start: { line: startLine },
  end: { line: endLine, character },
});

describe("attached code", () => {
  test("is of whole lines, without one that the selection only touches", () => {
    expect(wholeLines(selection(2, 9, 4))).toEqual({ first: 2, end: 10 });
    expect(wholeLines(selection(2, 9, 0))).toEqual({ first: 2, end: 9 });
    expect(wholeLines(selection(2, 2, 0))).toEqual({ first: 2, end: 3 });
  });

  test("is labelled with its file and its lines", () => {
    expect(labelOf(stock, { first: 2, end: 10 }, [])).toBe("stock.py:3-10");
    expect(labelOf(stock, { first: 2, end: 3 }, [])).toBe("stock.py:3");
    expect(labelOf(stock, null, [stock])).toBe("stock.py");
  });

  test("is labelled with its folders where another file has the same name", () => {
    const other = { path: "/w/b/stock.py", name: "stock.py" };
    expect(labelOf(stock, { first: 2, end: 10 }, [other])).toBe("a/stock.py:3-10");
    const cell = { ...stock, within: ", cell 2" };
    expect(labelOf(cell, { first: 0, end: 1 }, [other])).toBe("a/stock.py, cell 2:1");
  });

  test("brings the problems of its lines, errors first", () => {
    const problem = (line: number, severity: "error" | "warning") =>
      ({ line, severity, message: `at\n  ${line}`, source: "Lint" }) as const;
    const problems = [problem(1, "error"), problem(2, "warning"), problem(5, "error")];
    expect(problemLines(problems, { first: 2, end: 6 })).toEqual([
      "line 6: error: at 5 (Lint)",
      "line 3: warning: at 2 (Lint)",
    ]);
    expect(problemLines(problems, null)).toHaveLength(3);
  });

  test("is found where it was, where it went, and not where it is no more", () => {
    const code = attached("a = 1\nb = 2");
    expect(locate("x\ny\na = 1\nb = 2\n", code)).toEqual({ first: 2, end: 4 });
    expect(locate("a = 1\r\nb = 2\r\n", code)).toEqual({ first: 0, end: 2 });
    expect(locate("a = 1\nc\nb = 2\n", code)).toBeNull();
    expect(locate("a = 1\nb = 2", { ...code, lines: null })).toBeNull();
  });
});
