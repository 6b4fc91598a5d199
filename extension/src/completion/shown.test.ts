import { describe, expect, test } from "vitest";

import { ShownSuggestion } from "./shown";

/** A document with a cursor that types as a person does, and everything that was reported. */
function setting(before = "def f(a):\n    ", after = "\n") {
  const document = { text: before + after };
  const told: unknown[] = [];
  const shown = new ShownSuggestion<object>({
    shown: (traceId) => told.push(["shown", traceId]),
    accepted: (traceId, part, length) => told.push(["accepted", traceId, part, length]),
    rejected: (traceId, reason) => told.push(["rejected", traceId, reason]),
  });
  let cursor = before.length;
  const replace = (start: number, end: number, text: string) => {
    document.text = document.text.slice(0, start) + text + document.text.slice(end);
    shown.edited(document, [{ offset: start, length: end - start, inserted: text.length }]);
  };
  return {
    document,
    shown,
    told,
    cursor: () => cursor,
    answer: (texts: string[], traceId = "1", start = cursor) =>
      shown.answered({
        in: { document, textBetween: (from, to) => document.text.slice(from, to) },
        traceId,
        start,
        texts,
      }),
    /** Text comes to the cursor: from the keyboard, or by itself. */
    insert(text: string, { byKeyboard = true, replacing = 0, cursorAt = text.length } = {}) {
      replace(cursor, cursor + replacing, text);
      cursor += cursorAt;
      shown.moved(document, cursor, byKeyboard);
    },
    remove(count: number) {
      cursor -= count;
      replace(cursor, cursor + count, "");
      shown.moved(document, cursor, true);
    },
    /** Something elsewhere changes, such as an import that is added above. */
    elsewhere(offset: number, text: string, length = 0) {
      if (offset < cursor) {
        cursor += text.length - length;
      }
      replace(offset, offset + length, text);
    },
    move(to: number | undefined, inDocument: object = document) {
      shown.moved(inDocument, to, true);
    },
  };
}

const taken = { byKeyboard: false };

describe("a suggestion", () => {
  test("is taken where the editor says so after several cursors moved", () => {
    const { answer, move, shown, told } = setting();
    answer(["return a"]);
    move(undefined);
    shown.taken();
    expect(told.at(-1)).toEqual(["accepted", "1", "all", 8]);
  });

  test("that was dismissed is not taken by what the editor says of a later one", () => {
    const { answer, shown, told } = setting();
    answer(["return a"]);
    shown.dismissed();
    shown.taken();
    expect(told.at(-1)).toEqual(["rejected", "1", "dismissed"]);
  });

  test("is shown once, however often it is answered again while it is typed along", () => {
    const { answer, insert, told } = setting();
    answer(["return a"]);
    insert("r");
    answer(["eturn a"], "2");
    insert("e");
    answer(["turn a", "turn b"], "3");
    expect(told).toEqual([["shown", "1"]]);
  });

  test("that was taken whole is told so, by what the editor did or by what it says", () => {
    const whole = ["accepted", "1", "all", 8];
    const seen = setting();
    seen.answer(["return a"]);
    seen.insert("return a", taken);
    seen.shown.taken();
    expect(seen.told).toEqual([["shown", "1"], whole]);

    const said = setting();
    said.answer(["return a"]);
    said.shown.taken();
    expect(said.told).toEqual([["shown", "1"], whole]);
  });

  test("that was taken whole may have replaced what the editor had closed", () => {
    const { answer, insert, told } = setting("print(", ")\n");
    answer(["a, b)"]);
    insert("a, b)", { ...taken, replacing: 1 });
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "all", 5],
    ]);
  });

  test("that was typed to its end ends without a word", () => {
    const { answer, insert, move, told } = setting();
    answer(["ab"]);
    insert("a");
    insert("b");
    move(0);
    expect(told).toEqual([["shown", "1"]]);
  });

  test("is ignored where something else is typed, or the cursor goes elsewhere", () => {
    const ignored = [
      ["shown", "1"],
      ["rejected", "1", "ignored"],
    ];
    for (const leave of [
      ({ insert }: ReturnType<typeof setting>) => insert("x"),
      ({ move }: ReturnType<typeof setting>) => move(3),
      ({ move }: ReturnType<typeof setting>) => move(undefined),
      ({ move, cursor }: ReturnType<typeof setting>) => move(cursor(), {}),
      ({ remove }: ReturnType<typeof setting>) => remove(1),
    ]) {
      const world = setting();
      world.answer(["return a"]);
      leave(world);
      world.move(0);
      expect(world.told).toEqual(ignored);
    }
  });

  test("is dismissed once", () => {
    const { answer, shown, move, told } = setting();
    answer(["return a"]);
    expect(shown.dismissed()).toBe(true);
    expect(shown.dismissed()).toBe(false);
    move(0);
    expect(told).toEqual([
      ["shown", "1"],
      ["rejected", "1", "dismissed"],
    ]);
  });

  test("that gives way to another, or to none, was not judged by anybody", () => {
    const { answer, move, told } = setting();
    answer(["return a"]);
    answer(["return b"], "2");
    answer([], "3");
    move(0);
    expect(told).toEqual([
      ["shown", "1"],
      ["shown", "2"],
    ]);
  });
});

describe("taking a part of a suggestion", () => {
  test("is told by word, with how much was taken so far, and the rest goes on", () => {
    const { answer, insert, told } = setting();
    answer(["return a + b"]);
    insert("return", taken);
    answer([" a + b"], "2");
    insert(" a", taken);
    insert(" + b", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "word", 6],
      ["accepted", "1", "word", 8],
      ["accepted", "1", "all", 12],
    ]);
  });

  test("is told by line", () => {
    const { answer, insert, told } = setting();
    answer(["a = 1\n    b = 2"]);
    insert("a = 1\n", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "line", 6],
    ]);
  });

  test("counts after what was typed of it", () => {
    const { answer, insert, told } = setting();
    answer(["return a"]);
    insert("re");
    insert("turn", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "word", 6],
    ]);
  });

  test("is told apart from a line that Enter began, with its indentation", () => {
    const { answer, insert, told } = setting();
    answer(["\n    return a"]);
    insert("\n    ");
    expect(told).toEqual([["shown", "1"]]);
    insert("return", taken);
    expect(told.at(-1)).toEqual(["accepted", "1", "word", 11]);
  });

  test("is told apart from an indentation, which the editor writes by itself as well", () => {
    const { answer, insert, told } = setting("if a:\n");
    answer(["    return a\n    b"]);
    insert("    ", taken);
    expect(told).toEqual([["shown", "1"]]);
    insert("return a\n", taken);
    expect(told.at(-1)).toEqual(["accepted", "1", "line", 13]);
  });

  test("is told apart from a bracket that the editor closes", () => {
    const { answer, insert, told } = setting();
    answer(["()"]);
    insert("()", { cursorAt: 1 });
    expect(told).toEqual([["shown", "1"]]);
  });

  test("can be undone, and done again", () => {
    const { answer, insert, remove, told } = setting();
    answer(["return a"]);
    insert("return", taken);
    remove(6);
    insert("return", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "word", 6],
      ["accepted", "1", "word", 6],
    ]);
  });

  test("counts line ends as one, whatever the document's are", () => {
    const { answer, insert, told } = setting("if a:\r\n    ", "\r\n");
    answer(["b()\n    c()"]);
    insert("b()\r\n", taken);
    insert("    c()", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "line", 4],
      ["accepted", "1", "all", 11],
    ]);
  });

  test("tells of the one that was chosen among several", () => {
    const { answer, insert, told } = setting();
    answer(["return a", "return b or a"]);
    insert("return b", taken);
    insert(" or a", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "word", 8],
      ["accepted", "1", "all", 13],
    ]);
  });
});

describe("changes elsewhere", () => {
  test("above and below leave it where it is", () => {
    const { answer, insert, elsewhere, document, told } = setting();
    answer(["return a"]);
    elsewhere(0, "import os\n");
    elsewhere(document.text.length, "# end\n");
    insert("return", taken);
    expect(told).toEqual([
      ["shown", "1"],
      ["accepted", "1", "word", 6],
    ]);
  });

  test("of another document are none of its business", () => {
    const { answer, shown, insert, told } = setting();
    answer(["return a"]);
    shown.edited({}, [{ offset: 0, length: 20, inserted: 0 }]);
    insert("return", taken);
    expect(told.at(-1)).toEqual(["accepted", "1", "word", 6]);
  });

  test("of what it goes on from end it", () => {
    const { answer, elsewhere, cursor, told } = setting();
    answer(["return a"]);
    elsewhere(cursor() - 4, "\t", 4);
    expect(told).toEqual([
      ["shown", "1"],
      ["rejected", "1", "ignored"],
    ]);
  });
});
