/** What an outlook needs of the world. */
export interface OutlookWorld<Better> {
  later(durationMs: number, run: () => void): { dispose(): void };
  /** Looks what there is in the starter's place; undefined for nothing, also where it cannot look. */
  find(): Promise<Better | undefined>;
  /** Whether it is on its way, so that it will soon be something else. */
  passes(better: Better): boolean;
  tell(better: Better | undefined): void;
}

/** Until what was just begun can be seen. */
const soonMs = 1_000;
/** How often is looked what has become of what is on its way. */
const againMs = 5_000;

/** Keeps up with what there is in the starter's place, by looking whenever it may have changed. */
export class Outlook<Better> {
  readonly #world: OutlookWorld<Better>;
  /** How often it was looked: one that takes longer than the next may tell what is gone. */
  #looks = 0;
  #next: { dispose(): void } | undefined;
  #disposed = false;

  constructor(world: OutlookWorld<Better>) {
    this.#world = world;
  }

  /** Looks now. */
  async look(): Promise<void> {
    this.#next?.dispose();
    this.#next = undefined;
    this.#looks += 1;
    const look = this.#looks;
    const better = await this.#world.find();
    if (look !== this.#looks) {
      return;
    }
    this.#world.tell(better);
    if (better !== undefined && this.#world.passes(better)) {
      this.#lookIn(againMs);
    }
  }

  /** Looks now, and once more when what was just begun can be seen. */
  async lookTwice(): Promise<void> {
    await this.look();
    this.#lookIn(soonMs);
  }

  dispose(): void {
    this.#disposed = true;
    this.#looks += 1;
    this.#next?.dispose();
  }

  #lookIn(durationMs: number): void {
    this.#next?.dispose();
    if (!this.#disposed) {
      this.#next = this.#world.later(durationMs, () => void this.look());
    }
  }
}
