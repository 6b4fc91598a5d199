import {
  type Block,
  type ListItem,
  lastHeading,
  PAGE_LEVEL,
  type ParsedBlocks,
  parseBlocks,
} from "./blocks";
import { LinkDefinitions } from "./definitions";
import { OpenFence } from "./openFence";
import { makeParser } from "./parser";

/** What is to be drawn after what is settled already. */
export interface Draft {
  /** Everything behind the settled blocks. */
  readonly blocks: readonly Block[];
  /** How many of them, from the first, are settled now. */
  readonly settledBlocks: number;
  /** How many items of the list behind those are settled, the list itself being still open. */
  readonly settledItems: number;
}

// A last line that may still become the mark of something else: drawn at once, a dash under a
// paragraph would flash as a heading before it turns into a list. Nor is half a language's name.
const UNDECIDED = /^(?:[-=*+_#`~|:> \t]+|[ \t>]*\d{1,9}[.)]?[ \t]*|[ \t>]*(?:`{3}|~{3}).*)$/;

// The stretch that is parsed in one go when much is waiting.
const STRETCH = 16_384;

/**
 * An answer's text, of which only the part that may still change is parsed again.
 *
 * A top-level block is settled when another one has begun behind it and its first two lines are
 * complete: no later line changes where it ended (two, because a table shows only in its second
 * line). An item of an open list is settled in the same way by the next one, and then parsing goes
 * on at that next item, which is read as a list of its own and joined to the one that is drawn.
 * A definition that could still get a title on its next line holds back all behind it.
 */
export class AnswerText {
  readonly definitions = new LinkDefinitions();
  readonly #parser = makeParser();
  /** What was given but not looked at yet. */
  #waiting = "";
  /** What is not settled; nothing of it where a fence is open. */
  #tail = "";
  #fence: OpenFence | undefined;
  /** Whether the tail begins with a further item of the list drawn last. */
  #inList = false;
  #looseList = false;
  /** The level of the last heading that is settled. */
  #heading = PAGE_LEVEL;
  #ended = false;
  #finished = false;
  /** Whether what was read so far ends in a carriage return, which a line feed may belong to. */
  #returned = false;

  /** Takes the next stretch; what was said to be the end was none then. */
  append(text: string): void {
    this.#waiting += text;
    this.#ended = false;
    this.#finished = false;
    this.definitions.forgetLast();
  }

  /** Says that nothing more is appended, as far as one knows. */
  end(): void {
    this.#ended = true;
  }

  /** Whether `advance` has something to read, or the end to draw. */
  get hasMore(): boolean {
    return this.#readable(this.#waiting.length) > 0 || (this.#ended && !this.#finished);
  }

  /** Reads the next stretch, or where all is read draws the end. */
  advance(): Draft {
    // In proportion to what is parsed again with it, so that a huge block is not parsed too often.
    const length = this.#readable(STRETCH + this.#tail.length);
    if (length === 0) {
      this.#finished = this.#ended;
      return this.#end();
    }
    const stretch = this.#waiting.slice(
      this.#returned && this.#waiting[0] === "\n" ? 1 : 0,
      length,
    );
    this.#returned = this.#waiting[length - 1] === "\r";
    this.#waiting = this.#waiting.slice(length);
    return this.#read(stretch.replace(/\r\n?/g, "\n").replaceAll("\0", "\ufffd"));
  }

  /** What is not settled, as it is if nothing comes any more; nothing is settled by that. */
  #end(): Draft {
    if (this.#fence !== undefined) {
      const code: Block = { kind: "code", ...this.#fence.ended() };
      return { blocks: [code], settledBlocks: 0, settledItems: 0 };
    }
    const { parsed, blocks } = this.#parse(this.#tail);
    for (const { label, definition } of parsed.definitions) {
      this.definitions.addLast(label, definition);
    }
    return { blocks, settledBlocks: 0, settledItems: 0 };
  }

  #read(text: string): Draft {
    if (this.#fence !== undefined) {
      return this.#readFence(this.#fence, text);
    }
    this.#tail += text;
    if (!this.#inList) {
      this.#tail = this.#tail.replace(/^(?:[ \t]*\n)+/, "");
      const opened = OpenFence.open(this.#tail);
      if (opened !== undefined) {
        this.#tail = "";
        this.#fence = opened.fence;
        return this.#readFence(opened.fence, opened.rest);
      }
    }
    return this.#draft();
  }

  /** How much can be read: a carriage return or half a character waits for what follows it. */
  #readable(atMost: number): number {
    const { length } = this.#waiting;
    const end = Math.min(length, atMost);
    if (!/[\r\ud800-\udbff]/.test(this.#waiting.charAt(end - 1))) {
      return end;
    }
    if (end < length) {
      return end + 1;
    }
    return this.#ended ? end : end - 1;
  }

  #readFence(fence: OpenFence, text: string): Draft {
    const { info, code, closed, rest } = fence.read(text);
    if (closed) {
      this.#fence = undefined;
      this.#waiting = rest + this.#waiting;
    }
    return {
      blocks: [{ kind: "code", info, code }],
      settledBlocks: closed ? 1 : 0,
      settledItems: 0,
    };
  }

  #draft(): Draft {
    const lastBreak = this.#tail.lastIndexOf("\n");
    const undecided = UNDECIDED.test(this.#tail.slice(lastBreak + 1));
    const { parsed, lines, blocks } = this.#parse(
      undecided ? this.#tail.slice(0, lastBreak + 1) : this.#tail,
    );
    const settled = findSettled(parsed, lines);
    for (const { label, definition, start } of parsed.definitions) {
      if (start < settled.line) {
        this.definitions.add(label, definition);
      }
    }
    this.#keepFrom(settled, parsed, lines);
    return { blocks, settledBlocks: settled.blocks, settledItems: settled.items };
  }

  #parse(text: string): { parsed: ParsedBlocks; lines: readonly string[]; blocks: Block[] } {
    const lines = text.split("\n");
    const parsed = parseBlocks(this.#parser, text, this.#heading);
    const blocks = parsed.blocks.map(({ block }, index) =>
      block.kind === "list"
        ? {
            ...block,
            loose:
              (index === 0 && this.#inList && this.#looseList) ||
              hasLooseItem(parsed, lines, { ...block, next: undefined }),
          }
        : block,
    );
    return { parsed, lines, blocks };
  }

  #keepFrom(settled: Settled, parsed: ParsedBlocks, lines: readonly string[]): void {
    if (settled.line === 0) {
      return;
    }
    let offset = 0;
    for (const line of lines.slice(0, settled.line)) {
      offset += line.length + 1;
    }
    this.#tail = this.#tail.slice(offset);
    const { items = [] } = listAt(parsed, settled.blocks) ?? {};
    const settledItems = items.slice(0, settled.items);
    this.#heading =
      lastHeading(settledItems.flatMap(({ children }) => children)) ??
      lastHeading(parsed.blocks.slice(0, settled.blocks).map(({ block }) => block)) ??
      this.#heading;
    const loose = settled.blocks === 0 && this.#inList && this.#looseList;
    this.#inList = settled.items > 0;
    if (this.#inList) {
      const next = items[settled.items]?.start;
      this.#looseList = loose || hasLooseItem(parsed, lines, { items: settledItems, next });
    }
  }
}

interface Settled {
  readonly blocks: number;
  readonly items: number;
  /** The line at which what is not settled begins. */
  readonly line: number;
}

function findSettled({ blocks, definitions }: ParsedBlocks, lines: readonly string[]): Settled {
  const complete = lines.length - 1;
  const barrier = definitions.find(({ end }) => mayGetTitle(lines, end));
  const isSettledBefore = (line: number) =>
    line + 2 <= complete && (barrier === undefined || line <= barrier.start);
  const starts = [...blocks, ...definitions.filter(({ level }) => level === 0)]
    .map(({ start }) => start)
    .sort((a, b) => a - b);
  const line = starts.findLast(isSettledBefore) ?? 0;
  const settledBlocks = blocks.filter(({ start }) => start < line).length;
  const open = blocks[settledBlocks];
  if (open?.block.kind === "list" && settledBlocks === blocks.length - 1 && open.start === line) {
    const items = open.block.items.findLastIndex(({ start }) => isSettledBefore(start));
    const item = open.block.items[items];
    if (items > 0 && item !== undefined) {
      return { blocks: settledBlocks, items, line: item.start };
    }
  }
  return { blocks: settledBlocks, items: 0, line };
}

function listAt({ blocks }: ParsedBlocks, index: number): (Block & { kind: "list" }) | undefined {
  const block = blocks[index]?.block;
  return block?.kind === "list" ? block : undefined;
}

/** Whether lines still to come could make the title of a definition that ends before this line. */
function mayGetTitle(lines: readonly string[], end: number): boolean {
  if (!/^[ \t>]*["'(]/.test(lines[end] ?? "")) {
    return false;
  }
  return !lines.slice(end, -1).some((line) => /^[ \t>]*$/.test(line));
}

/**
 * Whether one of some items has a blank line in it or between it and the next.
 *
 * By the lines, because markdown-it says so only of the paragraphs that it happens to see; `next`
 * is the line of the item that follows.
 */
function hasLooseItem(
  { definitions }: ParsedBlocks,
  lines: readonly string[],
  { items, next }: { readonly items: readonly ListItem[]; readonly next: number | undefined },
): boolean {
  const begin = items[0]?.start ?? 0;
  const end = next ?? items.at(-1)?.end ?? begin;
  const starts = items.flatMap(({ start, childStarts }) => [start, ...childStarts]);
  for (const { level, start } of definitions) {
    if (level === 2 && start >= begin && start < end) {
      starts.push(start);
    }
  }
  if (next !== undefined) {
    starts.push(next);
  }
  return starts.some((start) => start > begin && lines[start - 1]?.trim() === "");
}
