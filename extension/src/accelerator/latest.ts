/** Lets one piece of work run at a time: a newer one ends the one under way, and waits for that. */
export class Latest {
  #underWay: { readonly ender: AbortController; readonly done: Promise<unknown> } | undefined;

  /** Whether something runs, or waits to run. */
  get busy(): boolean {
    return this.#underWay !== undefined;
  }

  /**
   * Runs a piece of work once the one before has ended.
   *
   * @param work is not begun where a newer one came while it waited; undefined is the result then.
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const before = this.#underWay;
    const ender = new AbortController();
    before?.ender.abort();
    const done = (before?.done ?? Promise.resolve()).then(() =>
      ender.signal.aborted ? undefined : work(ender.signal),
    );
    // What comes next waits for the end, whichever it was.
    const mine = { ender, done: done.catch(() => undefined) };
    this.#underWay = mine;
    try {
      return await done;
    } finally {
      if (this.#underWay === mine) {
        this.#underWay = undefined;
      }
    }
  }
}
