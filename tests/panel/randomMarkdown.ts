// Documents that bring Markdown's constructs together in every way, so that cutting them anywhere
// meets every border between them.

/** Gives numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const INDENTS = [
  "",
  "",
  "",
  "",
  " ",
  "  ",
  "   ",
  "    ",
  "      ",
  "\t",
  "> ",
  ">",
  "> > ",
  ">    ",
];
const LINES = [
  "",
  "",
  "",
  " ",
  ">",
  "text",
  "some **bold** text",
  "half **bold",
  "and [a link](https://a.example/x) here",
  "see [ref] and [Ref][other] and [none]",
  "[ref]: https://ref.example",
  "[ref]:",
  "[other]: /relative",
  '[ref]: https://first.example "a title"',
  "[other]: https://other.example 'title",
  "ends here'",
  '"title"',
  "'title'",
  "(title",
  "/url",
  "# heading",
  "## *heading* ##",
  "#",
  "===",
  "---",
  "-",
  "- - -",
  "***",
  "* * *",
  "- item",
  "- item with `code`",
  "-   item",
  "- ",
  "+ item",
  "* item",
  "- - nested",
  "- 1. nested",
  "1. one",
  "2. two",
  "1) one",
  "10. ten",
  "1.",
  "- ```",
  "- # heading",
  "- > quote",
  "-     code",
  "```",
  "```python",
  "````",
  "~~~",
  "~~~ js",
  "``` not ` a fence",
  "x = [1, 2]",
  "    indented",
  "a | b",
  "| a | b |",
  "--- | ---",
  "|:--|--:|",
  "| 1 | 2 | 3 |",
  "<div onclick=alert(1)>",
  "</div>",
  "<https://auto.example>",
  "![alt](https://image.example/a.png)",
  "\\",
  "line  ",
  "&amp; &#x3c;",
  "\u202ereversed",
  "👩\u200d💻 at work",
];
const BREAKS = ["\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\r"];

/** Writes a document of up to 24 lines. */
export function randomMarkdown(random: () => number): string {
  const lines = Array.from(
    { length: 1 + Math.floor(random() * 24) },
    () => pick(INDENTS, random) + pick(LINES, random),
  );
  return lines.map((line) => line + pick(BREAKS, random)).join("");
}

/** Cuts a text into pieces, some of them of one character; often without its last break. */
export function cutAtRandom(text: string, random: () => number): readonly string[] {
  const whole = random() < 0.5 ? text : text.replace(/[\r\n]+$/, "");
  const longest = 1 + Math.floor(random() * 12);
  const pieces: string[] = [];
  for (let from = 0; from < whole.length; ) {
    const to = from + 1 + Math.floor(random() * longest);
    pieces.push(whole.slice(from, to));
    from = to;
  }
  return pieces;
}

function pick(choices: readonly string[], random: () => number): string {
  return choices[Math.floor(random() * choices.length)] ?? "";
}
