import { describe, expect, it } from "vitest";

import { codePointName, namedCharacter, splitAtHidden } from "./visibleCharacters";

const hiddenIn = (text: string, setting: "code" | "prose" = "prose") =>
  splitAtHidden(text, setting)
    .filter(({ kind }) => kind === "hidden")
    .map((stretch) => (stretch.kind === "hidden" ? codePointName(stretch.character) : ""));

describe("hidden characters", () => {
  it.each([
    ["an override of direction", "a\u202eb", "U+202E"],
    ["an isolate", "a\u2066b", "U+2066"],
    ["an escape", "a\u001b[31m", "U+001B"],
    ["a zero-width space", "a\u200bb", "U+200B"],
    ["a byte order mark", "\ufeffa", "U+FEFF"],
    ["a tag outside the first plane", "a\u{e0041}", "U+E0041"],
    ["a joiner between Latin letters", "a\u200db", "U+200D"],
  ])("are found: %s", (_, text, name) => {
    expect(hiddenIn(text)).toEqual([name]);
  });

  it("are not what ordinary text is made of", () => {
    expect(hiddenIn("tab\tbreak\n ä é 漢字 שלום 👍🏽 \u00a0")).toEqual([]);
  });

  it("may join emoji and Persian words in prose, and never in code", () => {
    const text = "👩\u200d💻 ❤️\u200d🔥 نمی\u200cخواهم";

    expect(hiddenIn(text)).toEqual([]);
    expect(hiddenIn(text, "code")).toEqual(["U+200D", "U+200D", "U+200C"]);
  });

  it("can be turned back from their names", () => {
    expect(namedCharacter(codePointName("\u{e0041}"))).toBe("\u{e0041}");
    expect(namedCharacter("U+20")).toBeUndefined();
  });

  it("leave the text between them as it is", () => {
    expect(splitAtHidden("a\u202eb", "code")).toEqual([
      { kind: "text", text: "a" },
      { kind: "hidden", character: "\u202e" },
      { kind: "text", text: "b" },
    ]);
  });
});
