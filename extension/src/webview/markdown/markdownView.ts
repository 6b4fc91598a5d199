import type { AnswerActions } from "./answerActions";
import { AnswerText } from "./answerText";
import { BlockDrawing } from "./blockDrawing";
import { CodeBlock } from "./codeBlock";
import { Frames } from "./frames";
import { Grammars } from "./highlight/grammars";
import { Painter } from "./highlight/painter";
import { InlineText } from "./inline";
import { keepLinks } from "./links";

export type { AnswerActions } from "./answerActions";

// How much of a frame drawing may take; colours get what is left, but a little in any case.
const DRAWING_MS = 8;
const PAINTING_MS = 2;
// A block that is parsed and compared as a whole, such as a table of thousands of rows, leaves the
// page at least this many times as long in peace as it took.
const PEACE = 2;
const LONGEST_PEACE_MS = 1_000;

/** What all answers of a page share: making it takes time, and languages are loaded once. */
interface Shared {
  readonly inline: InlineText;
  readonly grammars: Grammars;
}

/**
 * Draws one answer's Markdown as it comes; what was drawn is not drawn again.
 *
 * It draws before the next frame, and a long text over several, so that the page stays usable.
 */
export class MarkdownView {
  static #shared: Shared | undefined;
  readonly #answer = new AnswerText();
  readonly #drawing: BlockDrawing;
  readonly #painter: Painter;
  readonly #frames = new Frames(() => this.#work());
  #text = "";
  #ended = false;
  #steps: Generator<void> | undefined;
  #resolved = false;
  /** When what has come since may be drawn. */
  #nextDraftAt = 0;
  #draftMs = 0;
  #whenDrawn: (() => void)[] = [];

  /** Draws into an element whose content is its own from now on. */
  constructor(container: HTMLElement, actions: AnswerActions) {
    MarkdownView.#shared ??= { inline: new InlineText(), grammars: new Grammars() };
    const { inline, grammars } = MarkdownView.#shared;
    const painter = new Painter(grammars, () => this.#frames.request());
    container.replaceChildren();
    container.classList.add("phi-markdown");
    keepLinks(container, (href) => {
      actions.openLink(href);
    });
    this.#painter = painter;
    this.#drawing = new BlockDrawing({
      root: container,
      inline,
      definitions: this.#answer.definitions,
      makeCodeBlock: (info) => new CodeBlock(info, actions, painter),
    });
  }

  /** The text so far. */
  get text(): string {
    return this.#text;
  }

  /** Draws the next stretch, even after the end: what is drawn then goes on where it is. */
  append(text: string): void {
    this.#text += text;
    this.#ended = false;
    this.#resolved = false;
    this.#answer.append(text);
    this.#frames.request();
  }

  /** Says that no more comes: what waited for more is drawn as it is. */
  finish(): void {
    if (this.#ended) {
      return;
    }
    this.#ended = true;
    this.#answer.end();
    this.#frames.request();
  }

  /** Waits until everything that came is in the page, in its colours. */
  drawn(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenDrawn.push(resolve);
      this.#frames.request();
    });
  }

  #work(): void {
    const began = performance.now();
    if (this.#steps === undefined && !this.#ended && began < this.#nextDraftAt) {
      this.#frames.request();
      return;
    }
    const drawn = this.#run(() => performance.now() - began < DRAWING_MS);
    this.#draftMs += performance.now() - began;
    if (this.#steps === undefined) {
      const tooLong = this.#draftMs > DRAWING_MS;
      const peaceMs = tooLong ? Math.min(PEACE * this.#draftMs, LONGEST_PEACE_MS) : 0;
      this.#nextDraftAt = performance.now() + peaceMs;
      this.#draftMs = 0;
    }
    const paintUntil = Math.max(began + DRAWING_MS, performance.now() + PAINTING_MS);
    const painting = drawn ? this.#painter.paint() : undefined;
    let painted = drawn;
    while (painting !== undefined && painting.next().done !== true) {
      if (performance.now() >= paintUntil) {
        painted = false;
        break;
      }
    }
    if (!painted) {
      this.#frames.request();
    } else if (!this.#painter.isLoading) {
      for (const resolve of this.#whenDrawn.splice(0)) {
        resolve();
      }
    }
  }

  /** Takes steps while there is time; says whether none is left. */
  #run(hasTime: () => boolean): boolean {
    for (;;) {
      this.#steps ??= this.#nextDrawing();
      if (this.#steps === undefined) {
        return true;
      }
      while (this.#steps.next().done !== true) {
        if (!hasTime()) {
          return false;
        }
      }
      this.#steps = undefined;
      if (!hasTime()) {
        return !this.#answer.hasMore && (!this.#ended || this.#resolved);
      }
    }
  }

  #nextDrawing(): Generator<void> | undefined {
    if (this.#answer.hasMore) {
      return this.#drawing.draw(this.#answer.advance());
    }
    if (this.#ended && !this.#resolved) {
      this.#resolved = true;
      return this.#drawing.resolve();
    }
    return undefined;
  }
}
