import type { EditorCode } from "../code/editorCode";
import type { ConversationSummary } from "../conversation/conversation";
import type { Readiness } from "../readiness";
import type { ToPanel } from "./panelMessages";
import { shownBetter } from "./shownBetter";

/** What the surroundings are made of. */
export interface SurroundingsWorld {
  readonly readiness: Readiness;
  readonly editor: EditorCode;
  /** The id of the conversation that is shown. */
  shown(): string;
  list(): Promise<readonly ConversationSummary[]>;
  later(durationMs: number, run: () => void): { dispose(): void };
  post(message: ToPanel): void;
  /** Hears that the conversations cannot be listed. */
  notKept(error: unknown): void;
}

// Selections change with every key.
const pauseMs = 120;
const mostRecent = 3;

/** Tells the panel what is around the conversation. */
export class SurroundingsTeller {
  readonly #world: SurroundingsWorld;
  #recent: readonly ConversationSummary[] = [];
  /** How often it was looked: one that takes longer than the next may tell what is gone. */
  #listings = 0;
  #pause: { dispose(): void } | undefined;
  #told = "";

  constructor(world: SurroundingsWorld) {
    this.#world = world;
  }

  /** Tells soon: many changes come together. */
  changed(): void {
    this.#pause ??= this.#world.later(pauseMs, () => {
      this.#pause = undefined;
      this.#tellNews();
    });
  }

  /** Tells now, to a panel that knows nothing. */
  tell(): void {
    this.#told = "";
    this.#tellNews();
  }

  /** Looks anew which conversations there are. */
  async listRecent(): Promise<void> {
    this.#listings += 1;
    const listing = this.#listings;
    try {
      const listed = await this.#world.list();
      if (listing === this.#listings) {
        // One more than is shown, for the one that is open is left out.
        this.#recent = listed.slice(0, mostRecent + 1);
      }
    } catch (error) {
      this.#world.notKept(error);
    }
    this.changed();
  }

  dispose(): void {
    this.#pause?.dispose();
  }

  #tellNews(): void {
    const { readiness, editor, shown } = this.#world;
    const id = shown();
    const recent = this.#recent.filter((one) => one.id !== id).slice(0, mostRecent);
    const { model, better } = readiness;
    const surroundings = { model, better: shownBetter(better), editor: editor.labels(), recent };
    // Most changes of a selection or a speed are none of what is told here.
    const told = JSON.stringify(surroundings);
    if (told !== this.#told) {
      this.#told = told;
      this.#world.post({ kind: "surroundings", surroundings });
    }
  }
}
