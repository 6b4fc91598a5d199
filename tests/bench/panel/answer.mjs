// A long answer with all that answers are made of, the same at every run.

const LINES = 5_000;
// One code block is much longer than any other.
export const LONG_CODE_LINES = 1_200;
// What the sidecar hands on at a time is about three tokens, each of about four characters.
const PIECE = 12;

const WORDS = (
  "the model reads a prompt and then writes token after token while each step needs all weights " +
  "once so its speed follows memory bandwidth and a longer context makes every step a little slower"
).split(" ");

/** @returns {string} */
export function longAnswer() {
  const lines = [];
  let turn = 0;
  while (lines.length < LINES) {
    lines.push(...section(turn), "");
    turn += 1;
    if (turn === 40) {
      lines.push("```python", ...longCode(), "```", "");
    }
  }
  return `${lines.join("\n")}\n`;
}

/** @returns {string[]} */
export function inPieces(text) {
  return text.match(new RegExp(`[^]{1,${PIECE}}`, "g")) ?? [];
}

function section(turn) {
  switch (turn % 6) {
    case 0:
      return [
        `## Part ${turn}: ${prose(turn, 4)}`,
        "",
        ...paragraph(turn),
        "",
        ...paragraph(turn + 1),
      ];
    case 1:
      return ["Do it in this order:", "", ...numbered(turn)];
    case 2:
      return ["| step | time | **note** |", "|:--|--:|---|", ...rows(turn)];
    case 3:
      return ["```typescript", ...typescript(turn), "```"];
    case 4:
      return [`> ${prose(turn, 18)}`, `> ${prose(turn + 3, 16)}`, "", ...bullets(turn)];
    default:
      return ["```bash", ...shell(turn), "```", "", ...paragraph(turn)];
  }
}

function paragraph(turn) {
  return [
    `${prose(turn, 14)} and \`value_${turn}\` is **${prose(turn + 5, 2)}**,`,
    `${prose(turn + 2, 12)}; see [the documentation](https://docs.example/part-${turn}).`,
    `${prose(turn + 9, 13)}.`,
  ];
}

function numbered(turn) {
  return Array.from({ length: 8 }, (_, index) => [
    `${index + 1}. ${prose(turn + index, 11)} with *${prose(turn, 2)}*`,
    ...(index % 4 === 3
      ? ["", "   ```json", `   { "step": ${index}, "name": "${prose(turn, 2)}" }`, "   ```", ""]
      : []),
  ]).flat();
}

function bullets(turn) {
  return Array.from({ length: 9 }, (_, index) =>
    index % 3 === 2
      ? `  - \`option_${index}\` ${prose(turn + index, 7)}`
      : `- ${prose(turn + index, 10)}`,
  );
}

function rows(turn) {
  return Array.from(
    { length: 10 },
    (_, index) =>
      `| ${prose(turn + index, 3)} | ${index * turn} ms | \`x${index}\` ${prose(index, 4)} |`,
  );
}

function typescript(turn) {
  return Array.from({ length: 5 }, (_, index) => [
    `/** ${prose(turn + index, 6)}. */`,
    `export async function step${turn}x${index}(input: readonly string[]): Promise<number> {`,
    `  const found = input.filter((it) => it.length > ${index}).map(Number);`,
    "  for (const value of found) {",
    `    if (value === ${turn}) { throw new RangeError(\`too many: \${value}\`); }`,
    "  }",
    "  return found.reduce((sum, it) => sum + it, 0);",
    "}",
    "",
  ]).flat();
}

function shell(turn) {
  return Array.from(
    { length: 6 },
    (_, index) =>
      `find . -name "*.${index}" -newer stamp | xargs grep -l "x${turn}" # ${prose(index, 4)}`,
  );
}

function longCode() {
  return Array.from({ length: LONG_CODE_LINES / 8 }, (_, index) => [
    `class Part${index}(Base):`,
    `    """${prose(index, 8)}."""`,
    "",
    `    def total_${index}(self, prices: dict[str, float], *, tax: float = 0.${index}) -> float:`,
    `        # ${prose(index + 1, 7)}`,
    "        kept = {name: price for name, price in prices.items() if price is not None}",
    `        return sum(kept.values()) * (1 + tax) + ${index}`,
    "",
  ]).flat();
}

function prose(from, count) {
  return Array.from(
    { length: count },
    (_, index) => WORDS[(from * 7 + index * 5) % WORDS.length],
  ).join(" ");
}
