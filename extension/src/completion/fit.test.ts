import { describe, expect, test } from "vitest";

import { fitToSelected } from "./fit";

const at = (text: string, start: number, end: number, line = 3) => ({
  text,
  span: { line, start, end },
});

describe("fitting a suggestion to the suggest widget", () => {
  test("puts the typed part of the word before a suggestion that continues the entry", () => {
    // The person typed `foo.get`, `getName` is selected, the model continues the word.
    expect(fitToSelected(at("Name()", 7, 7), at("getName", 4, 7), "foo.get")).toEqual(
      at("getName()", 4, 7),
    );
  });

  test("drops a suggestion that goes another way than the entry", () => {
    expect(fitToSelected(at("Size()", 7, 7), at("getName", 4, 7), "foo.get")).toBeUndefined();
  });

  test("drops a suggestion that replaces more than the entry does", () => {
    expect(fitToSelected(at("Name()", 7, 8), at("getName", 4, 7), "foo.get)")).toBeUndefined();
  });

  test("drops a suggestion that begins before the entry", () => {
    expect(fitToSelected(at("foo.getName", 0, 7), at("getName", 4, 7), "foo.get")).toBeUndefined();
  });

  test("drops a suggestion on another line", () => {
    expect(fitToSelected(at("Name()", 7, 7, 2), at("getName", 4, 7), "foo.get")).toBeUndefined();
  });
});
