const PAUSE_MS = 400;

/** Tells what is typed once the typing pauses, and only where it is news. */
export class DraftKeeper {
  readonly #tell: (text: string) => void;
  #told = "";
  #text = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** What the other side knows. */
  get told(): string {
    return this.#told;
  }

  /** Notes what the other side knows from itself. */
  wasTold(text: string): void {
    this.#told = text;
  }

  changed(text: string): void {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Tells now. */
  flush(): void {
    clearTimeout(this.#timer);
    if (this.#text !== this.#told) {
      this.#told = this.#text;
      this.#tell(this.#text);
    }
  }
}
