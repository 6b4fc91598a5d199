import { assertNever } from "../../assertNever";
import type { Draft } from "./answerText";
import type { Block, ListItem } from "./blocks";
import type { CodeBlock } from "./codeBlock";
import type { LinkDefinitions } from "./definitions";
import type { InlineText } from "./inline";
import { patchChildren } from "./patch";

/** Makes the view of a code block. */
export type MakeCodeBlock = (info: string) => CodeBlock;

/** A block that is in the page. */
type Drawn = DrawnText | DrawnCode | DrawnRule | DrawnContainer | DrawnList;

interface DrawnText {
  readonly kind: "text";
  readonly tag: string;
  readonly element: HTMLElement;
  content: string | undefined;
}

interface DrawnCode {
  readonly kind: "code";
  readonly element: HTMLElement;
  readonly view: CodeBlock;
}

interface DrawnRule {
  readonly kind: "rule";
  readonly element: HTMLElement;
}

interface DrawnContainer {
  readonly kind: "container";
  readonly tag: string;
  readonly element: HTMLElement;
  /** Where its children lie; a table's lie in the table, which lies in what scrolls it. */
  readonly inner: HTMLElement;
  readonly children: Drawn[];
}

interface DrawnList {
  readonly kind: "list";
  readonly tag: string;
  readonly marker: string;
  readonly element: HTMLElement;
  readonly start: number;
  /** Those that are not settled. */
  readonly items: DrawnContainer[];
  /** Whether items were settled before those. */
  goesOn: boolean;
}

/** A text that names definitions which did not exist when it was drawn. */
interface Missing {
  readonly text: DrawnText;
  readonly labels: ReadonlySet<string>;
  /** Whether it was drawn with definitions that may be gone if the answer goes on. */
  found: boolean;
}

/** Draws an answer's blocks; those that are settled are not looked at again. */
export class BlockDrawing {
  readonly #root: HTMLElement;
  readonly #inline: InlineText;
  readonly #definitions: LinkDefinitions;
  readonly #makeCodeBlock: MakeCodeBlock;
  /** What is not settled, in order. */
  readonly #open: Drawn[] = [];
  readonly #missing = new Map<DrawnText, Missing>();

  constructor(options: {
    readonly root: HTMLElement;
    readonly inline: InlineText;
    readonly definitions: LinkDefinitions;
    readonly makeCodeBlock: MakeCodeBlock;
  }) {
    this.#root = options.root;
    this.#inline = options.inline;
    this.#definitions = options.definitions;
    this.#makeCodeBlock = options.makeCodeBlock;
  }

  /** Brings the page to what a draft says, with pauses at which it may be left for a while. */
  *draw({ blocks, settledBlocks, settledItems }: Draft): Generator<void> {
    yield* this.#drawAll(this.#root, this.#open, blocks);
    this.#open.splice(0, settledBlocks);
    const list = this.#open[0];
    if (settledItems > 0 && list?.kind === "list") {
      list.items.splice(0, settledItems);
      list.goesOn = true;
    }
  }

  /** Draws again what asked for definitions that came later. */
  *resolve(): Generator<void> {
    for (const missing of this.#missing.values()) {
      const { text, labels } = missing;
      const before = missing.found;
      missing.found = Array.from(labels).some((label) => this.#definitions.has(label));
      const differs = missing.found || before;
      if (differs && text.content !== undefined && this.#root.contains(text.element)) {
        const { nodes } = this.#inline.draw(text.content, this.#definitions);
        patchChildren(text.element, nodes);
        yield;
      }
    }
  }

  *#drawAll(parent: Element, drawn: Drawn[], blocks: readonly Block[]): Generator<void> {
    for (const [index, block] of blocks.entries()) {
      let current = drawn[index];
      if (current === undefined || !fits(current, block)) {
        const fresh = this.#make(block);
        if (current === undefined) {
          parent.append(fresh.element);
        } else {
          current.element.replaceWith(fresh.element);
          this.#forget(current);
        }
        drawn[index] = fresh;
        current = fresh;
      }
      yield* this.#update(current, block);
    }
    for (const left of drawn.splice(blocks.length)) {
      left.element.remove();
      this.#forget(left);
    }
  }

  #make(block: Block): Drawn {
    switch (block.kind) {
      case "text": {
        const element = document.createElement(block.tag);
        if (block.alignment !== null) {
          element.className = `phi-${block.alignment}`;
        }
        if (block.level !== null) {
          element.ariaLevel = String(block.level);
        }
        return { kind: "text", tag: block.tag, element, content: undefined };
      }
      case "code": {
        const view = this.#makeCodeBlock(block.info);
        return { kind: "code", element: view.element, view };
      }
      case "rule":
        return { kind: "rule", element: document.createElement("hr") };
      case "container":
        return makeContainer(block.tag);
      case "list": {
        const element = document.createElement(block.tag);
        if (block.start !== 1) {
          element.setAttribute("start", String(block.start));
        }
        const { tag, marker, start } = block;
        return { kind: "list", tag, marker, start, element, items: [], goesOn: false };
      }
      default:
        return assertNever(block);
    }
  }

  *#update(drawn: Drawn, block: Block): Generator<void> {
    if (drawn.kind === "text" && block.kind === "text") {
      if (drawn.content !== block.content) {
        this.#drawText(drawn, block.content);
        yield;
      }
    } else if (drawn.kind === "code" && block.kind === "code") {
      yield* drawn.view.update(block.code);
    } else if (drawn.kind === "container" && block.kind === "container") {
      yield* this.#drawAll(drawn.inner, drawn.children, block.children);
    } else if (drawn.kind === "list" && block.kind === "list") {
      if (block.loose) {
        drawn.element.className = "phi-loose";
      } else {
        drawn.element.removeAttribute("class");
      }
      yield* this.#drawItems(drawn, block.items);
    }
  }

  *#drawItems({ element, items }: DrawnList, wanted: readonly ListItem[]): Generator<void> {
    for (const [index, { children }] of wanted.entries()) {
      let item = items[index];
      if (item === undefined) {
        item = makeContainer("li");
        items.push(item);
        element.append(item.element);
      }
      yield* this.#drawAll(item.inner, item.children, children);
    }
    for (const left of items.splice(wanted.length)) {
      left.element.remove();
      this.#forget(left);
    }
  }

  #drawText(text: DrawnText, content: string): void {
    const { nodes, missed } = this.#inline.draw(content, this.#definitions);
    patchChildren(text.element, nodes);
    text.content = content;
    if (missed.size > 0) {
      this.#missing.set(text, { text, labels: missed, found: false });
    } else {
      this.#missing.delete(text);
    }
  }

  #forget(drawn: Drawn): void {
    switch (drawn.kind) {
      case "text":
        this.#missing.delete(drawn);
        break;
      case "container":
        drawn.children.forEach((child) => {
          this.#forget(child);
        });
        break;
      case "list":
        drawn.items.forEach((item) => {
          this.#forget(item);
        });
        break;
      case "code":
      case "rule":
        break;
      default:
        assertNever(drawn);
    }
  }
}

function makeContainer(tag: string): DrawnContainer {
  const inner = document.createElement(tag);
  if (tag !== "table") {
    return { kind: "container", tag, element: inner, inner, children: [] };
  }
  const element = document.createElement("div");
  element.className = "phi-table";
  // It scrolls by itself, so the keyboard must get there.
  element.tabIndex = 0;
  element.setAttribute("role", "group");
  element.setAttribute("aria-label", "Table");
  element.append(inner);
  return { kind: "container", tag, element, inner, children: [] };
}

/** Whether what is drawn can become the block by an update. */
function fits(drawn: Drawn, block: Block): boolean {
  switch (block.kind) {
    case "text":
      return (
        drawn.kind === "text" &&
        drawn.tag === block.tag &&
        drawn.element.className === (block.alignment === null ? "" : `phi-${block.alignment}`) &&
        drawn.element.ariaLevel === (block.level === null ? null : String(block.level))
      );
    case "code":
      return drawn.kind === "code" && drawn.view.info === block.info;
    case "rule":
      return drawn.kind === "rule";
    case "container":
      return drawn.kind === "container" && drawn.tag === block.tag;
    case "list":
      return (
        drawn.kind === "list" &&
        drawn.tag === block.tag &&
        drawn.marker === block.marker &&
        (drawn.goesOn || drawn.start === block.start)
      );
    default:
      return assertNever(block);
  }
}
