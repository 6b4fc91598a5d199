import { expect, test } from "vitest";

import { examplesFor } from "./examples";

const titles = (editor: Parameters<typeof examplesFor>[0]) =>
  examplesFor(editor).map(({ title }) => title);

test("with a selection there is a command for it each", () => {
  const examples = examplesFor({ selection: "stock.py:3-10", file: "stock.py" });
  expect(examples.map(({ kind, text }) => [kind, text])).toEqual([
    ["ask", "/explain"],
    ["ask", "/fix"],
    ["ask", "/tests"],
    ["ask", "/doc"],
  ]);
  expect(examples[0]?.title).toBe("Explain stock.py:3-10");
});

test("without a selection nothing is asked at once, and the open file may go with a question", () => {
  const examples = examplesFor({ selection: null, file: "stock.py" });
  expect(examples.every(({ kind }) => kind === "fill")).toBe(true);
  expect(examples.filter(({ withFile }) => withFile).map(({ title }) => title)).toEqual([
    "Explain what stock.py does",
  ]);
});

test("without any file there are four examples all the same, and none needs one", () => {
  expect(titles({ selection: null, file: null })).toHaveLength(4);
  expect(examplesFor({ selection: null, file: null }).some(({ withFile }) => withFile)).toBe(false);
});
