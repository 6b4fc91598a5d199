/** What is kept of the offers that were made, across windows. */
export interface Kept {
  /** When one was last shown. */
  readonly toldMs?: number;
  /** Whether the person wants no more of them. */
  readonly never?: boolean;
}

/** What the person said to an offer. */
export type Answer = "get" | "notNow" | "never";

/** What offering needs of the world. */
export interface OfferWorld<Offer> {
  /** The time of day, in milliseconds. */
  nowMs(): number;
  later(durationMs: number, run: () => void): { dispose(): void };
  /** Whether the starter answers: there is nothing to offer to who has a better model. */
  starterAnswers(): boolean;
  /** Whether the person looks at this window, and nothing is under way that they wait for. */
  isFree(): boolean;
  /** What was kept, as it was read. */
  kept(): unknown;
  keep(kept: Kept): void;
  /** Looks up what there is to offer; undefined where there is nothing that would run here. */
  find(): Promise<Offer | undefined>;
  ask(offer: Offer): Promise<Answer>;
  get(offer: Offer): Promise<void>;
}

const dayMs = 24 * 3_600_000;
const betweenOffersMs = 7 * dayMs;
/** As long as nobody typed and nothing was written, to read what came or to think. */
const quietMs = 10_000;

/**
 * Offers a better model once the starter has shown its worth, at a moment that disturbs nobody.
 *
 * At most once a week, and never again where the person said so.
 */
export class Offering<Offer> {
  readonly #world: OfferWorld<Offer>;
  #waiting: { dispose(): void } | undefined;
  /** Whether it is looked what there is, or the person is asked. */
  #asking = false;
  /** Whether the person typed since it was begun to look. */
  #typed = false;
  #disposed = false;

  constructor(world: OfferWorld<Offer>) {
    this.#world = world;
  }

  /** Hears that a suggestion was taken, or an answer came to its end. */
  worthShown(): void {
    if (!this.#asking && this.#isWanted()) {
      this.#wait();
    }
  }

  /** Hears that the person types: the wait for a quiet moment begins anew. */
  typed(): void {
    this.#typed = true;
    if (this.#waiting !== undefined) {
      this.#wait();
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#waiting?.dispose();
    this.#waiting = undefined;
  }

  #isWanted(): boolean {
    return this.#world.starterAnswers() && this.#isDue();
  }

  #isDue(): boolean {
    const { toldMs, never } = readKept(this.#world.kept());
    const passedMs = this.#world.nowMs() - (toldMs ?? Number.NEGATIVE_INFINITY);
    // A clock that was put back must not silence it for years.
    return never !== true && (passedMs >= betweenOffersMs || passedMs < 0);
  }

  #wait(): void {
    this.#waiting?.dispose();
    this.#waiting = this.#world.later(quietMs, () => {
      this.#waiting = undefined;
      void this.#offer();
    });
  }

  async #offer(): Promise<void> {
    const world = this.#world;
    if (!this.#isWanted()) {
      return;
    }
    if (!world.isFree()) {
      this.#wait();
      return;
    }
    this.#asking = true;
    this.#typed = false;
    try {
      const offer = await world.find();
      // Looking takes a moment, in which anything may have happened.
      if (offer === undefined || this.#disposed || !this.#isWanted()) {
        return;
      }
      if (this.#typed || !world.isFree()) {
        this.#wait();
        return;
      }
      const toldMs = world.nowMs();
      world.keep({ toldMs });
      const answer = await world.ask(offer);
      if (answer === "never") {
        world.keep({ toldMs, never: true });
      } else if (answer === "get") {
        await world.get(offer);
      }
    } finally {
      this.#asking = false;
    }
  }
}

/** Reads what was kept; what is not understood counts as nothing. */
function readKept(value: unknown): Kept {
  if (typeof value !== "object" || value === null) {
    return {};
  }
  const { toldMs, never } = value as Record<string, unknown>;
  return {
    ...(typeof toldMs === "number" && { toldMs }),
    ...(never === true && { never }),
  };
}
