/** How long the commands offer to snooze, in minutes. */
export const snoozeMinutes = [5, 15, 60] as const;

const minuteMs = 60_000;
const longestMinutes = 24 * 60;
// A timer stands still while the machine sleeps: looked at this often, it is late by no more.
const tickMs = 20_000;

/** What snoozing needs of the world. */
export interface Surroundings {
  /** The time of day, in milliseconds: time that the machine sleeps counts. */
  nowMs(): number;
  /** Calls back once after the time, unless it is disposed of before. */
  after(durationMs: number, call: () => void): { dispose(): void };
  /** Keeps the end across a reload of the window; undefined forgets it. */
  keep(untilMs: number | undefined): void;
  /** Hears that a snooze began, was moved or ended. */
  changed(): void;
}

/** Keeps suggestions from coming by themselves for a while. */
export class Snooze {
  readonly #surroundings: Surroundings;
  #untilMs: number | undefined;
  #timer: { dispose(): void } | undefined;

  /** @param keptMs what was kept when the window was last open, as it was read. */
  constructor(surroundings: Surroundings, keptMs: unknown) {
    this.#surroundings = surroundings;
    const nowMs = surroundings.nowMs();
    if (typeof keptMs !== "number" || !(keptMs <= nowMs + longestMinutes * minuteMs)) {
      return;
    }
    if (keptMs > nowMs) {
      this.#untilMs = keptMs;
      this.#wait();
    } else {
      surroundings.keep(undefined);
    }
  }

  /** When it ends, in milliseconds; undefined where nothing is snoozed. */
  get untilMs(): number | undefined {
    // The clock decides, so that a timer that is late changes nothing.
    this.#endIfOver();
    return this.#untilMs;
  }

  /** Snoozes from now on; one that is under way is moved. */
  start(minutes: number): void {
    this.#become(this.#surroundings.nowMs() + minutes * minuteMs);
    this.#wait();
  }

  /** Ends it before its time. */
  end(): void {
    if (this.#untilMs !== undefined) {
      this.#become(undefined);
    }
  }

  dispose(): void {
    this.#timer?.dispose();
  }

  #become(untilMs: number | undefined): void {
    this.#timer?.dispose();
    this.#untilMs = untilMs;
    this.#surroundings.keep(untilMs);
    this.#surroundings.changed();
  }

  #wait(): void {
    const leftMs = (this.#untilMs ?? 0) - this.#surroundings.nowMs();
    this.#timer = this.#surroundings.after(Math.min(Math.max(leftMs, 0), tickMs), () => {
      this.#endIfOver();
      if (this.#untilMs !== undefined) {
        this.#wait();
      }
    });
  }

  #endIfOver(): void {
    if (this.#untilMs !== undefined && this.#surroundings.nowMs() >= this.#untilMs) {
      this.#become(undefined);
    }
  }
}

/** Reads how long to snooze out of a command's argument, which anybody may have written. */
export function minutesIn(argument: unknown): number | undefined {
  return typeof argument === "number" && argument > 0 && argument <= longestMinutes
    ? argument
    : undefined;
}

/** Writes a time of day as people there write it, such as 14:05. */
export function timeOfDay(timeMs: number, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { hour: "2-digit", minute: "2-digit" }).format(timeMs);
}
