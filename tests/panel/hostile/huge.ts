// Hostile texts that are too long to keep: what they cost is bounded, and nothing overflows.

/** Each with a name for people. */
export const huge: Readonly<Record<string, () => string>> = {
  "10,000 quotes inside each other": () => `${">".repeat(10_000)} deep`,
  "quotes that get deeper line by line": () => lines(300, (line) => `${"> ".repeat(line)}deep`),
  "10,000 lists inside each other on a line": () => `${"- ".repeat(10_000)}deep\n\nafter`,
  "lists that get deeper line by line": () => lines(500, (line) => `${"  ".repeat(line)}- deep`),
  // Under 20,000 characters text is parsed for what is in it, above it is not.
  "19,000 opening brackets": () => "[".repeat(19_000),
  "9,500 brackets inside each other": () => `${"[".repeat(9_500)}x${"]".repeat(9_500)}`,
  "19,000 opening parentheses of a link": () => `[x](${"(".repeat(19_000)}`,
  "3,000 images inside each other": () => `${"![".repeat(3_000)}x${"](y)".repeat(3_000)}`,
  "3,000 links inside each other": () =>
    `${"[".repeat(3_000)}x${"](https://good.example)".repeat(600)}`,
  "19,000 stars": () => "*".repeat(19_000),
  "6,000 emphases that never close": () => "*a ".repeat(6_000),
  "4,000 mixed emphases": () => "*a **b _c __d ~~e ".repeat(1_000),
  "backticks of growing length": () =>
    Array.from({ length: 190 }, (_, index) => "`".repeat(index)).join(" "),
  "6,000 opening tags": () => "<a ".repeat(6_000),
  "2,000 entities": () => "&#x202e;".repeat(2_000),
  "6,000 references that are defined at the end": () =>
    `${"[a] [b] ".repeat(2_400)}\n\n[a]: https://good.example\n\n[b]: command:x.y\n`,
  "50,000 opening brackets": () => "[".repeat(50_000),
  "a line of half a million characters": () => "word ".repeat(100_000),
  "a line of code of half a million characters": () => `\`\`\`js\n${"x=1;".repeat(125_000)}\n`,
  "a table of 2,000 columns": () =>
    lines(30, (line) => `|${(line === 1 ? "-|" : "x|").repeat(2_000)}`),
  "a table of 3,000 rows": () => lines(3_000, (line) => (line === 1 ? "|-|-|" : `|${line}|x|`)),
  "a table whose rows lack their cells": () =>
    lines(1_000, (line) => (line < 2 ? `|${(line === 1 ? "-|" : "x|").repeat(500)}` : "|x")),
  "100,000 definitions": () => `[a99999] [a1]\n\n${lines(100_000, (line) => `[a${line}]: /x`)}`,
  "a definition's title that never ends": () => `[a]: /x\n"${lines(5_000, () => "title")}`,
  "20,000 hidden characters": () => "\u202e\u200b".repeat(10_000),
  "20,000 rules": () => "---\n".repeat(20_000),
  "a list of 5,000 items": () => lines(5_000, (line) => `${line}. item`),
  "a paragraph of 5,000 lines": () => lines(5_000, (line) => `line **${line}** \\`),
  "2,000 code blocks": () => lines(6_000, (line) => ["```py", "x = 1", "```"][line % 3] ?? ""),
};

function lines(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join("\n");
}
