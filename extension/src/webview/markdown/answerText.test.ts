import { describe, expect, it } from "vitest";
import { cutAtRandom, randomMarkdown, seeded } from "../../../../tests/panel/randomMarkdown";
import { AnswerText, type Draft } from "./answerText";
import { type Block, parseBlocks } from "./blocks";
import { makeParser } from "./parser";

describe("an answer's text", () => {
  it("comes to the same blocks however it was cut", { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 1500; seed++) {
      const random = seeded(seed);
      const text = randomMarkdown(random);
      const pieces = cutAtRandom(text, random);

      const { all } = streamed(pieces);

      expect(all, JSON.stringify({ seed, pieces })).toEqual(atOnce(pieces.join("")));
    }
  });

  it("comes to the same blocks where it goes on after what seemed the end", {
    timeout: 60_000,
  }, () => {
    for (let seed = 1; seed <= 1500; seed++) {
      const random = seeded(seed);
      const text = randomMarkdown(random);
      const pieces = cutAtRandom(text, random);

      const { all } = streamed(pieces, { endsEachTime: true });

      expect(all, JSON.stringify({ seed, pieces })).toEqual(atOnce(pieces.join("")));
    }
  });

  it("reads a line break once that came in halves, the first of which seemed the end", () => {
    const { all } = streamed(["```\none\r", "\ntwo\r", "three"], { endsEachTime: true });

    expect(all).toEqual([{ kind: "code", info: "", code: "one\ntwo\nthree" }]);
  });

  it("takes a definition back that was not whole at what seemed the end", () => {
    const answer = new AnswerText();
    const read = (text: string) => {
      answer.append(text);
      answer.end();
      while (answer.hasMore) {
        answer.advance();
      }
      return answer.definitions.lookup(new Set()).G?.href;
    };

    expect(read("[g]: https://good.exa")).toBe("https://good.exa");
    expect(read("mple/g")).toBe("https://good.example/g");
    expect(read(" and more")).toBeUndefined();
  });

  it("settles a paragraph when the next block is certain", () => {
    const { settled, open } = streamed(["One\n\nTwo\nis long\n"], { end: false });

    expect(settled).toEqual([paragraph("One")]);
    expect(open).toEqual([paragraph("Two\nis long")]);
  });

  it("keeps a paragraph open that may still be a table's head", () => {
    const { settled } = streamed(["One\na | b\n"], { end: false });

    expect(settled).toEqual([]);
  });

  it("settles the items of a list that is still going on", () => {
    const items = Array.from({ length: 1000 }, (_, index) => `- item ${index}\n`);
    const answer = new AnswerText();
    answer.append(items.join(""));
    while (answer.hasMore) {
      answer.advance();
    }
    answer.append("- one more");

    const draft = answer.advance();

    expect(draft.blocks).toHaveLength(1);
    expect(itemCount(draft.blocks[0])).toBeLessThan(4);
  });

  it("does not show a dash under a paragraph before it is known what it is", () => {
    const { open } = streamed(["These:\n", "-"], { end: false });

    expect(open).toEqual([paragraph("These:")]);
  });

  it("does not show what may become the end of a code block", () => {
    const { open } = streamed(["```py\nx = 1\n``"], { end: false });

    expect(open).toEqual([{ kind: "code", info: "py", code: "x = 1" }]);
  });

  it("never lets a heading's level jump", () => {
    const { all } = streamed(["### A\n\n##### B\n\ntext\n\n", "# C\n\n- #### D\n- x\n\n## E"]);

    const levels = JSON.stringify(all).match(/"level":\d/g);
    expect(levels).toEqual(["2", "3", "2", "3", "3"].map((level) => `"level":${level}`));
  });

  it("loses no text however deep it lies", () => {
    const text = `${"> ".repeat(10_000)}found\n\n${"- ".repeat(10_000)}found too\n\nlast`;

    const shown = JSON.stringify(atOnce(text));

    expect(shown).toContain("found");
    expect(shown).toContain("found too");
    expect(shown).toContain("last");
  });
});

function paragraph(content: string): Block {
  return { kind: "text", tag: "p", content, alignment: null, level: null };
}

function isParagraph(block: Block): boolean {
  return block.kind === "text" && block.tag === "p";
}

function itemCount(block: Block | undefined): number {
  return block?.kind === "list" ? block.items.length : 0;
}

function atOnce(text: string): readonly Block[] {
  const normalized = text.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd");
  return parseBlocks(makeParser(), normalized).blocks.map(({ block }) => withoutLines(block));
}

/** Puts together what an answer's drafts settle and leave open, as a page would. */
function streamed(
  pieces: readonly string[],
  { end = true, endsEachTime = false } = {},
): { settled: readonly Block[]; open: readonly Block[]; all: readonly Block[] } {
  const answer = new AnswerText();
  const settled: Block[] = [];
  let open: readonly Block[] = [];
  // The settled items of the list that is still open.
  let items: Block | undefined;
  const take = ({ blocks, settledBlocks, settledItems }: Draft) => {
    const shown = items === undefined ? blocks : joined(items, blocks);
    const before = items?.kind === "list" && settledBlocks === 0 ? items.items.length : 0;
    settled.push(...shown.slice(0, settledBlocks));
    open = shown.slice(settledBlocks);
    const count = before + settledItems;
    items = count > 0 ? firstItems(open[0], count) : undefined;
  };
  for (const piece of pieces) {
    answer.append(piece);
    if (endsEachTime) {
      answer.end();
    }
    while (answer.hasMore) {
      take(answer.advance());
    }
  }
  if (end) {
    answer.end();
    while (answer.hasMore) {
      take(answer.advance());
    }
  }
  const all = [...settled, ...open].map(withoutLines);
  return { settled: settled.map(withoutLines), open: open.map(withoutLines), all };
}

function joined(list: Block, blocks: readonly Block[]): readonly Block[] {
  const [first, ...others] = blocks;
  if (list?.kind !== "list" || first?.kind !== "list") {
    throw new Error("an open list goes on with something else");
  }
  expect({ tag: first.tag, marker: first.marker }).toEqual({ tag: list.tag, marker: list.marker });
  return [{ ...list, loose: first.loose, items: [...list.items, ...first.items] }, ...others];
}

function firstItems(list: Block | undefined, count: number): Block {
  if (list?.kind !== "list") {
    throw new Error("items are settled of something that is no list");
  }
  return { ...list, items: list.items.slice(0, count) };
}

function withoutLines(block: Block): Block {
  switch (block.kind) {
    case "list":
      return {
        ...block,
        // Without a paragraph in an item it cannot be seen.
        loose: block.loose && block.items.some(({ children }) => children.some(isParagraph)),
        items: block.items.map(({ children }) => ({
          children: children.map(withoutLines),
          start: 0,
          end: 0,
          childStarts: [],
        })),
      };
    case "container":
      return { ...block, children: block.children.map(withoutLines) };
    default:
      return block;
  }
}
