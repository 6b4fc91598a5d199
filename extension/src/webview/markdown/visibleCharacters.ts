// Code points that change how text looks, or that hide in it, without being seen themselves; each
// from the first to the last.
const HIDDEN_RANGES = [
  // Controls but tab and line feed, so escape sequences too.
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  // The soft hyphen and the grapheme joiner.
  [0xad, 0xad],
  [0x34f, 0x34f],
  // The Arabic letter mark.
  [0x61c, 0x61c],
  // Fillers and vowel signs without a shape.
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  // Zero-width space and joiners, marks of direction.
  [0x200b, 0x200f],
  // Line and paragraph separators; embeddings and overrides of direction.
  [0x2028, 0x202e],
  // The word joiner, invisible operators, isolates of direction, deprecated format characters.
  [0x2060, 0x206f],
  // The byte order mark, interlinear annotation, tags.
  [0xfeff, 0xfeff],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
] as const;
const HIDDEN = new RegExp(
  `[${HIDDEN_RANGES.map(([first, last]) => `${escaped(first)}-${escaped(last)}`).join("")}]`,
  "gu",
);

// What a zero-width joiner joins: emoji (with their variation selector), and letters of the
// scripts that are written with joiners.
const JOINED_SCRIPTS =
  "Arabic Devanagari Bengali Gurmukhi Gujarati Oriya Tamil Telugu Kannada Malayalam Sinhala";
const JOINED = new RegExp(
  [
    "\\p{Extended_Pictographic}",
    "\\p{Emoji_Modifier}",
    escaped(0xfe0f),
    ...JOINED_SCRIPTS.split(" ").map((script) => `\\p{Script=${script}}`),
  ].join("|"),
  "u",
);

/** A stretch of text: as it is, or one hidden character. */
export type Stretch =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "hidden"; readonly character: string };

/** Where the text stands: in code every hidden character is shown, in prose joiners may join. */
export type Setting = "code" | "prose";

/** Splits text at its hidden characters. */
export function splitAtHidden(text: string, setting: Setting): readonly Stretch[] {
  const stretches: Stretch[] = [];
  let from = 0;
  for (const match of text.matchAll(HIDDEN)) {
    const character = match[0];
    const to = match.index + character.length;
    if (setting === "prose" && joins(text, match.index)) {
      continue;
    }
    if (match.index > from) {
      stretches.push({ kind: "text", text: text.slice(from, match.index) });
    }
    stretches.push({ kind: "hidden", character });
    from = to;
  }
  if (from < text.length) {
    stretches.push({ kind: "text", text: text.slice(from) });
  }
  return stretches;
}

/** Names a character as Unicode does, such as `U+202E`. */
export function codePointName(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

/** Gives the character that a name stands for; nothing where it is no such name. */
export function namedCharacter(name: string): string | undefined {
  const digits = /^U\+([0-9A-F]{4,6})$/.exec(name)?.[1];
  return digits === undefined ? undefined : String.fromCodePoint(Number.parseInt(digits, 16));
}

function joins(text: string, index: number): boolean {
  const character = text.charAt(index);
  if (character !== "\u200c" && character !== "\u200d") {
    return false;
  }
  const before = Array.from(text.slice(Math.max(0, index - 2), index)).at(-1);
  const after = Array.from(text.slice(index + 1, index + 3)).at(0);
  return before !== undefined && after !== undefined && JOINED.test(before) && JOINED.test(after);
}

function escaped(codePoint: number): string {
  return `\\u{${codePoint.toString(16)}}`;
}
