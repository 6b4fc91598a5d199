import type { CodeLines } from "./codeLines";
import type { Grammars } from "./grammars";
import { languageOf } from "./languages";

/** Colours code as there is time for it: its plain text stands in the page already. */
export class Painter {
  readonly #grammars: Grammars;
  readonly #onMore: () => void;
  readonly #waiting = new Set<CodeLines>();
  #loading = 0;

  /** Tells through `onMore` when a language was loaded and there is something to colour. */
  constructor(grammars: Grammars, onMore: () => void) {
    this.#grammars = grammars;
    this.#onMore = onMore;
  }

  /** Has code coloured in the language that a fence names, now and whenever it grows. */
  add(lines: CodeLines, info: string): void {
    const language = languageOf(info);
    if (language === undefined) {
      return;
    }
    this.#loading += 1;
    void this.#grammars.load(language).then((grammar) => {
      this.#loading -= 1;
      if (grammar !== undefined) {
        lines.highlight(grammar);
        this.#waiting.add(lines);
      }
      this.#onMore();
    });
  }

  /** Has code looked at again that has changed. */
  changed(lines: CodeLines): void {
    if (lines.waits) {
      this.#waiting.add(lines);
    }
  }

  /** Whether languages are still being loaded. */
  get isLoading(): boolean {
    return this.#loading > 0;
  }

  /** Colours line after line, with pauses at which it may be left for a while. */
  *paint(): Generator<void> {
    for (const lines of this.#waiting) {
      while (lines.waits) {
        lines.paintNext();
        yield;
      }
      this.#waiting.delete(lines);
    }
  }
}
