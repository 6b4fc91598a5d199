import type { MarkdownIt, Token } from "markdown-it";

import { assertNever } from "../../assertNever";
import type { LinkDefinition } from "./definitions";

/** How a table's column is aligned. */
export type Alignment = "left" | "center" | "right";

/** A block of an answer, as it is to be drawn; its inline text is not parsed yet. */
export type Block =
  /** A paragraph, a heading, or a cell. */
  | {
      readonly kind: "text";
      readonly tag: string;
      readonly content: string;
      readonly alignment: Alignment | null;
      /** How deep it is as a heading, to those who hear it; null where it is none. */
      readonly level: number | null;
    }
  | { readonly kind: "code"; readonly info: string; readonly code: string }
  | { readonly kind: "rule" }
  /** A quote, or a part of a table. */
  | { readonly kind: "container"; readonly tag: string; readonly children: readonly Block[] }
  | {
      readonly kind: "list";
      readonly tag: "ol" | "ul";
      /** The character behind the number, or the bullet: another one begins another list. */
      readonly marker: string;
      readonly start: number;
      readonly loose: boolean;
      readonly items: readonly ListItem[];
    };

/** An item of a list, with the lines at which it and its own blocks begin. */
export interface ListItem {
  readonly children: readonly Block[];
  readonly start: number;
  readonly end: number;
  readonly childStarts: readonly number[];
}

/** A block with the lines that it takes, of which `end` is the first that is not its own. */
export interface PlacedBlock {
  readonly block: Block;
  readonly start: number;
  readonly end: number;
}

/** A link reference definition with its lines; at level 0 it stands in no other block. */
export interface PlacedDefinition {
  readonly label: string;
  readonly definition: LinkDefinition;
  readonly level: number;
  readonly start: number;
  readonly end: number;
}

/** What a text consists of. */
export interface ParsedBlocks {
  readonly blocks: readonly PlacedBlock[];
  /** In the order in which they stand. */
  readonly definitions: readonly PlacedDefinition[];
}

// The page itself is the heading above all of an answer's.
export const PAGE_LEVEL = 1;
const DEEPEST_HEADING = 6;

/**
 * Parses a text into its blocks, without their inline text.
 *
 * `headingBefore` is the level of the heading before the text: to those who hear them, levels
 * never jump by more than one, whatever the answer's own do.
 */
export function parseBlocks(
  parser: MarkdownIt,
  text: string,
  headingBefore = PAGE_LEVEL,
): ParsedBlocks {
  const references: Record<string, LinkDefinition> = Object.create(null);
  const tokens: Token[] = [];
  parser.block.parse(text, parser, { references }, tokens);
  const definitions: PlacedDefinition[] = [];
  for (const { type, meta, level, map } of tokens) {
    if (type === "reference_definition" && map !== null) {
      const label = String(meta?.label);
      const definition = references[label];
      if (definition !== undefined) {
        definitions.push({ label, definition, level, start: map[0], end: map[1] });
      }
    }
  }
  return { blocks: new TokenReader(tokens, headingBefore).readAll(), definitions };
}

/** Finds the level of the last heading; nothing where there is none. */
export function lastHeading(blocks: readonly Block[]): number | undefined {
  for (const block of blocks.toReversed()) {
    const level = headingIn(block);
    if (level !== undefined) {
      return level;
    }
  }
  return undefined;
}

function headingIn(block: Block): number | undefined {
  switch (block.kind) {
    case "text":
      return block.level ?? undefined;
    case "container":
      return lastHeading(block.children);
    case "list":
      return lastHeading(block.items.flatMap(({ children }) => children));
    case "code":
    case "rule":
      return undefined;
    default:
      return assertNever(block);
  }
}

/** Reads markdown-it's flat tokens as a tree. */
class TokenReader {
  readonly #tokens: readonly Token[];
  #at = 0;
  #heading: number;

  constructor(tokens: readonly Token[], headingBefore: number) {
    this.#heading = headingBefore;
    this.#tokens = tokens.filter(({ type }) => type !== "reference_definition");
  }

  readAll(): PlacedBlock[] {
    const blocks: PlacedBlock[] = [];
    while (this.#at < this.#tokens.length) {
      const [start, end] = this.#tokens[this.#at]?.map ?? [0, 0];
      blocks.push({ block: this.#read(), start, end });
    }
    return blocks;
  }

  #read(): Block {
    const token = this.#next();
    switch (token.type) {
      case "fence":
        return { kind: "code", info: token.info.trim(), code: withoutLastBreak(token.content) };
      case "code_block":
        return { kind: "code", info: "", code: withoutLastBreak(token.content) };
      case "hr":
        return { kind: "rule" };
      case "bullet_list_open":
      case "ordered_list_open":
        return this.#readList(token);
      case "paragraph_open":
      case "heading_open":
      case "th_open":
      case "td_open": {
        const { content } = this.#next();
        this.#next();
        const level = token.type === "heading_open" ? this.#headingLevel(token) : null;
        return { kind: "text", tag: token.tag, content, alignment: alignment(token), level };
      }
      default:
        return { kind: "container", tag: token.tag, children: this.#readUntilClosed(token) };
    }
  }

  #headingLevel({ tag }: Token): number {
    const below = PAGE_LEVEL + Number(tag.slice(1));
    this.#heading = Math.min(below, this.#heading + 1, DEEPEST_HEADING);
    return this.#heading;
  }

  #readList(token: Token): Block {
    const items: ListItem[] = [];
    let loose = false;
    while (this.#peek().nesting >= 0) {
      const item = this.#next();
      const children: Block[] = [];
      const childStarts: number[] = [];
      while (this.#peek().nesting >= 0) {
        const child = this.#peek();
        // markdown-it hides the paragraphs of a list that has no blank line in it.
        loose ||= child.type === "paragraph_open" && !child.hidden;
        childStarts.push(child.map?.[0] ?? 0);
        children.push(this.#read());
      }
      this.#next();
      const [start, end] = item.map ?? [0, 0];
      items.push({ children, start, end, childStarts });
    }
    this.#next();
    return {
      kind: "list",
      tag: token.type === "ordered_list_open" ? "ol" : "ul",
      marker: token.markup,
      start: Number(token.attrGet("start") ?? 1),
      loose,
      items,
    };
  }

  #readUntilClosed(open: Token): Block[] {
    const children: Block[] = [];
    while (!(this.#peek().nesting < 0 && this.#peek().level === open.level)) {
      children.push(this.#read());
    }
    this.#next();
    return children;
  }

  #peek(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) {
      throw new RangeError("a block was opened and not closed");
    }
    return token;
  }

  #next(): Token {
    const token = this.#peek();
    this.#at += 1;
    return token;
  }
}

function withoutLastBreak(code: string): string {
  return code.endsWith("\n") ? code.slice(0, -1) : code;
}

function alignment(token: Token): Alignment | null {
  const style = token.attrGet("style");
  switch (style) {
    case "text-align:left":
      return "left";
    case "text-align:center":
      return "center";
    case "text-align:right":
      return "right";
    default:
      return null;
  }
}
