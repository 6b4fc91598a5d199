import type { AcceptedPart, RejectionReason } from "../generated/protocol";

/** A document's text, by offsets in UTF-16 code units. */
export interface ShownIn<D> {
  /** The same object for the same document. */
  readonly document: D;
  textBetween(start: number, end: number): string;
}

/** What was answered: the ways that one place may go on, the first of them on the screen. */
export interface Answered<D> {
  readonly in: ShownIn<D>;
  readonly traceId: string;
  /** Where the texts begin; all begin at the same offset. */
  readonly start: number;
  readonly texts: readonly string[];
}

/** One change of a document, as the editor tells it: against the text before. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly inserted: number;
}

/** Hears what became of suggestions. */
export interface Reports {
  shown(traceId: string): void;
  /** @param length how much of the text shown has been taken so far. */
  accepted(traceId: string, part: AcceptedPart, length: number): void;
  rejected(traceId: string, reason: RejectionReason): void;
}

interface Current<D> {
  readonly in: ShownIn<D>;
  readonly traceId: string;
  readonly texts: readonly string[];
  start: number;
  /** How much of the text is in the document by now, typed or taken. */
  taken: number;
  /** Whether the document changed since the cursor was last heard of. */
  changed: boolean;
}

/**
 * Follows the suggestion on the screen to its end.
 *
 * The editor tells an extension only of a suggestion that was taken whole. All else is seen in the
 * document: a suggestion goes on while what stands between its beginning and the cursor is how it
 * begins. Text that came there by itself, not from the keyboard, was taken; white space alone may
 * as well be an indentation, and is not worth telling.
 */
export class ShownSuggestion<D> {
  readonly #reports: Reports;
  #current: Current<D> | undefined;
  /** What an edit or a move ended: the editor tells a moment later where that was the taking. */
  #ended: Current<D> | undefined;

  constructor(reports: Reports) {
    this.#reports = reports;
  }

  /** Hears an answer that the editor took; an empty one leaves nothing on the screen. */
  answered({ in: shownIn, traceId, start, texts }: Answered<D>): void {
    this.#ended = undefined;
    const lines = texts.map(normalized);
    if (lines.length === 0) {
      // It went by itself: that is no judgement of the person's.
      this.#current = undefined;
    } else if (!this.#goesOn(shownIn, start, lines)) {
      this.#current = { in: shownIn, traceId, start, texts: lines, taken: 0, changed: false };
      this.#reports.shown(traceId);
    }
  }

  /** Hears that a document changed; the edits are independent of each other. */
  edited(document: D, edits: readonly Edit[]): void {
    const current = this.#current;
    if (current === undefined || current.in.document !== document) {
      return;
    }
    const { start } = current;
    for (const { offset, length, inserted } of edits) {
      if (offset < start && length > 0 && offset + length >= start) {
        // What it was to go on from is another text now.
        this.#end("ignored");
        return;
      }
      if (offset < start) {
        current.start += inserted - length;
      }
    }
    current.changed = true;
  }

  /**
   * Hears where the cursor is.
   *
   * @param cursor its offset; undefined where there are several, or something is selected.
   * @param byKeyboard whether typing moved it.
   */
  moved(document: D | undefined, cursor: number | undefined, byKeyboard: boolean): void {
    const current = this.#current;
    if (current === undefined) {
      return;
    }
    const text =
      document === current.in.document && cursor !== undefined && cursor >= current.start
        ? normalized(current.in.textBetween(current.start, cursor))
        : undefined;
    const along = text === undefined ? [] : current.texts.filter((one) => one.startsWith(text));
    if (text === undefined || along.length === 0) {
      this.#end("ignored");
      return;
    }
    const { taken, changed } = current;
    current.taken = text.length;
    current.changed = false;
    const wasTaken = changed && !byKeyboard && text.slice(taken).trim() !== "";
    if (along.includes(text)) {
      this.#current = undefined;
      if (wasTaken) {
        this.#reports.accepted(current.traceId, "all", text.length);
      }
    } else if (wasTaken) {
      const part = text.endsWith("\n") ? "line" : "word";
      this.#reports.accepted(current.traceId, part, text.length);
    }
  }

  /** Hears from the editor that one of the texts was taken whole. */
  taken(): void {
    const current = this.#current ?? this.#ended;
    this.#ended = undefined;
    if (current !== undefined) {
      this.#current = undefined;
      this.#reports.accepted(current.traceId, "all", current.texts[0]?.length ?? 0);
    }
  }

  /** Hears that the person had it taken away; false where there was none. */
  dismissed(): boolean {
    const there = this.#current !== undefined;
    this.#end("dismissed");
    return there;
  }

  /** Whether an answer is what is left of the suggestion that is there. */
  #goesOn(shownIn: ShownIn<D>, start: number, texts: readonly string[]): boolean {
    const current = this.#current;
    if (current?.in.document !== shownIn.document || start < current.start) {
      return false;
    }
    const along = normalized(current.in.textBetween(current.start, start));
    return texts.some((text) => current.texts.includes(along + text));
  }

  #end(reason: RejectionReason): void {
    const current = this.#current;
    this.#current = undefined;
    this.#ended = reason === "ignored" ? current : undefined;
    if (current !== undefined) {
      this.#reports.rejected(current.traceId, reason);
    }
  }
}

/** Suggestions end their lines one way, documents in two. */
const normalized = (text: string) => text.replaceAll("\r\n", "\n");
