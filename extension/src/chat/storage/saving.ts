/** What keeping things needs of the world. */
export interface SavingWorld<T> {
  /** Writes a thing as it is by then. */
  write(thing: T): Promise<void>;
  /** Runs something after a time, unless disposed before. */
  later(durationMs: number, run: () => void): { dispose(): void };
  failed(error: unknown): void;
}

/** How much may be lost when the editor dies. */
export const pauseMs = 1_000;

/** Gathers the changes of things that change often, and writes each of them once in a while. */
export class Saving<T> {
  readonly #world: SavingWorld<T>;
  readonly #changed = new Set<T>();
  readonly #writing = new Set<Promise<void>>();
  #pause: { dispose(): void } | undefined;

  constructor(world: SavingWorld<T>) {
    this.#world = world;
  }

  /** Has a thing written within the pause, however often it changes in it. */
  changed(thing: T): void {
    this.#changed.add(thing);
    this.#pause ??= this.#world.later(pauseMs, () => {
      this.#pause = undefined;
      void this.flush();
    });
  }

  /** Writes a thing now, changed or not. */
  async save(thing: T): Promise<void> {
    this.#changed.delete(thing);
    const writing = this.#write(thing);
    this.#writing.add(writing);
    await writing;
    this.#writing.delete(writing);
  }

  /** Whether a thing is not written as it is now. */
  isPending(thing: T): boolean {
    return this.#changed.has(thing);
  }

  /** Forgets that a thing has changed. */
  drop(thing: T): void {
    this.#changed.delete(thing);
  }

  /** Writes everything that has changed, and resolves when nothing is being written any more. */
  async flush(): Promise<void> {
    this.#pause?.dispose();
    this.#pause = undefined;
    for (const thing of [...this.#changed]) {
      void this.save(thing);
    }
    await Promise.all(this.#writing);
  }

  async #write(thing: T): Promise<void> {
    try {
      await this.#world.write(thing);
    } catch (error) {
      // It goes with the next change: to try on and on would not empty a full disk.
      this.#changed.add(thing);
      this.#world.failed(error);
    }
  }
}
