// Frames do not come while the page is hidden; what waits goes on nevertheless.
const HIDDEN_MS = 250;

/** Calls back before the next frame is drawn, once for however many requests. */
export class Frames {
  readonly #callback: () => void;
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(callback: () => void) {
    this.#callback = callback;
  }

  request(): void {
    if (this.#frame !== undefined) {
      return;
    }
    const run = () => {
      this.cancel();
      this.#callback();
    };
    this.#frame = requestAnimationFrame(run);
    this.#timer = setTimeout(run, HIDDEN_MS);
  }

  cancel(): void {
    if (this.#frame !== undefined) {
      cancelAnimationFrame(this.#frame);
    }
    clearTimeout(this.#timer);
    this.#frame = undefined;
    this.#timer = undefined;
  }
}
