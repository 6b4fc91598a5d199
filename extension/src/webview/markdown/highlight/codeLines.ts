import { appendText } from "../inline";
import { type CodeToken, type Grammar, type LineState, plainLine } from "./grammars";

// Lines go into the page by so many: what is out of sight is not laid out. `markdown.css` reserves
// their height by this number.
const LINES_PER_CHUNK = 100;
// A line that takes too long so often is left without colours.
const MOST_ATTEMPTS = 25;

/** The lines of a code block in the page: each is drawn as it comes and coloured once. */
export class CodeLines {
  readonly #parent: HTMLElement;
  #lines: string[] = [];
  readonly #elements: HTMLElement[] = [];
  readonly #chunks: HTMLElement[] = [];
  #grammar: Grammar | undefined;
  /** The state at the end of each line that is coloured, in order from the first. */
  readonly #states: LineState[] = [];
  #code = "";
  /** How often the next line to be coloured was tried in vain. */
  #attempts = 0;

  constructor(parent: HTMLElement) {
    this.#parent = parent;
  }

  /** The exact code. */
  get code(): string {
    return this.#code;
  }

  /** Draws the code as plain text where it differs from what is there. */
  *update(code: string): Generator<void> {
    if (code === this.#code && this.#lines.length > 0) {
      return;
    }
    if (this.#lines.length > 0 && code.startsWith(this.#code)) {
      // Only what is new is looked at, however long the code has become.
      const from = this.#code.length - (this.#lines.at(-1)?.length ?? 0);
      yield* this.#replaceFrom(this.#lines.length - 1, code.slice(from).split("\n"));
    } else {
      const lines = code.split("\n");
      const kept = this.#countEqual(lines);
      yield* this.#replaceFrom(kept, lines.slice(kept));
    }
    this.#code = code;
  }

  /** Colours in this language from now on. */
  highlight(grammar: Grammar): void {
    this.#grammar = grammar;
    this.#states.length = 0;
  }

  /** Whether lines wait for their colours. */
  get waits(): boolean {
    return this.#grammar !== undefined && this.#states.length < this.#lines.length;
  }

  /** Colours the next line, or comes nearer to it. */
  paintNext(): void {
    const index = this.#states.length;
    const line = this.#lines[index];
    const element = this.#elements[index];
    if (this.#grammar === undefined || line === undefined || element === undefined) {
      return;
    }
    const before = this.#states[index - 1] ?? null;
    this.#attempts += 1;
    const tokenized =
      this.#grammar.tokenize(line, before) ??
      (this.#attempts >= MOST_ATTEMPTS ? plainLine(line, before) : undefined);
    if (tokenized === undefined) {
      return;
    }
    const { tokens, state } = tokenized;
    this.#attempts = 0;
    this.#states.push(state);
    if (tokens.some(({ kind }) => kind !== undefined)) {
      draw(element, tokens);
    }
  }

  #countEqual(lines: readonly string[]): number {
    const differs = this.#lines.findIndex((line, index) => line !== lines[index]);
    return differs < 0 ? Math.min(this.#lines.length, lines.length) : differs;
  }

  *#replaceFrom(index: number, lines: readonly string[]): Generator<void> {
    this.#lines.length = index;
    this.#states.length = Math.min(this.#states.length, index);
    for (const [added, line] of lines.entries()) {
      const at = index + added;
      this.#lines.push(line);
      const existing = this.#elements[at];
      if (existing === undefined) {
        const element = document.createElement("span");
        element.className = "phi-line";
        this.#elements.push(element);
        draw(element, [{ text: line, kind: undefined }]);
        this.#chunkFor(at).append(element);
      } else {
        draw(existing, [{ text: line, kind: undefined }]);
      }
      if (added % 20 === 19) {
        yield;
      }
    }
    for (const element of this.#elements.splice(this.#lines.length)) {
      element.remove();
    }
    for (const chunk of this.#chunks.splice(Math.ceil(this.#lines.length / LINES_PER_CHUNK))) {
      chunk.remove();
    }
    this.#chunks.at(-1)?.classList.remove("phi-whole");
  }

  #chunkFor(line: number): HTMLElement {
    const index = Math.floor(line / LINES_PER_CHUNK);
    let chunk = this.#chunks[index];
    if (chunk === undefined) {
      // Whole now: from here on it may be skipped while it is out of sight.
      this.#chunks[index - 1]?.classList.add("phi-whole");
      chunk = document.createElement("span");
      chunk.className = "phi-chunk";
      this.#chunks.push(chunk);
      this.#parent.append(chunk);
    }
    return chunk;
  }
}

function draw(element: HTMLElement, tokens: readonly CodeToken[]): void {
  const nodes = document.createDocumentFragment();
  for (const { text, kind } of tokens) {
    if (kind === undefined) {
      appendText(nodes, text, "code");
    } else {
      const token = document.createElement("span");
      token.className = `phi-token-${kind}`;
      appendText(token, text, "code");
      nodes.append(token);
    }
  }
  nodes.append("\n");
  element.replaceChildren(nodes);
}
