/** How far from the end a person may be and still be following. */
const NEAR_PX = 24;

/** How long a scroll may go on after the key or the wheel that began it; smooth ones take a while. */
const AFTER_INPUT_MS = 500;

// What may move the text: keys, fingers, a dragged scroll bar or selection, the focus going into it.
const INPUTS = ["keydown", "pointerdown", "touchmove", "focusin"] as const;
const RELEASES = ["pointerup", "pointercancel", "blur"] as const;

/**
 * Keeps the end of a growing text in sight, until the person scrolls up.
 *
 * Sizes are watched rather than changes of the text: code is highlighted, fonts arrive and parts
 * that were never shown get their true height long after their text was drawn. For the same reason
 * only a scroll that the person has just made leaves the end: the browser scrolls as well where there
 * is less text above, or more room.
 */
export class Following {
  readonly #scroller: HTMLElement;
  readonly #onChange: (following: boolean) => void;
  readonly #sizes = new ResizeObserver(() => this.#settle());
  #following = true;
  #lastTop = 0;
  #inputMs = Number.NEGATIVE_INFINITY;
  #held = false;

  /** Watches a scroller and the content in it; tells when following begins or ends. */
  constructor(scroller: HTMLElement, content: HTMLElement, onChange: (following: boolean) => void) {
    this.#scroller = scroller;
    this.#onChange = onChange;
    this.#sizes.observe(scroller);
    this.#sizes.observe(content);
    scroller.addEventListener("scroll", this.#scrolled, { passive: true });
    scroller.addEventListener("wheel", this.#wheeled, { passive: true });
    for (const kind of INPUTS) {
      scroller.addEventListener(kind, this.#input, { passive: true });
    }
    for (const kind of RELEASES) {
      window.addEventListener(kind, this.#released);
    }
  }

  /** Goes to the end and stays there. */
  follow(): void {
    this.#set(true);
    this.#settle();
  }

  end(): void {
    this.#sizes.disconnect();
    this.#scroller.removeEventListener("scroll", this.#scrolled);
    this.#scroller.removeEventListener("wheel", this.#wheeled);
    for (const kind of INPUTS) {
      this.#scroller.removeEventListener(kind, this.#input);
    }
    for (const kind of RELEASES) {
      window.removeEventListener(kind, this.#released);
    }
  }

  readonly #input = ({ type }: Event) => {
    this.#inputMs = performance.now();
    // A scroll bar is dragged, or text is selected, for as long as it takes.
    this.#held ||= type === "pointerdown";
  };

  readonly #released = () => {
    if (this.#held) {
      this.#held = false;
      this.#inputMs = performance.now();
    }
  };

  // A wheel scrolls smoothly, and its first step is too small to tell from none.
  readonly #wheeled = ({ deltaY, ctrlKey }: WheelEvent) => {
    this.#inputMs = performance.now();
    if (deltaY < 0 && !ctrlKey && !this.#isAllInSight()) {
      this.#set(false);
    }
  };

  readonly #scrolled = () => {
    const { scrollTop } = this.#scroller;
    const distance = this.#distance();
    if (this.#following && !this.#isMovedByPerson()) {
      this.#settle();
      return;
    }
    if (scrollTop < this.#lastTop) {
      this.#set(distance <= 1);
    } else if (scrollTop > this.#lastTop && distance <= NEAR_PX) {
      this.#set(true);
    }
    this.#lastTop = scrollTop;
  };

  #isMovedByPerson(): boolean {
    return this.#held || performance.now() - this.#inputMs < AFTER_INPUT_MS;
  }

  #distance(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  #settle(): void {
    if (this.#following) {
      this.#scroller.scrollTop = this.#scroller.scrollHeight;
      this.#lastTop = this.#scroller.scrollTop;
    } else if (this.#isAllInSight()) {
      this.#set(true);
    }
  }

  #isAllInSight(): boolean {
    return this.#scroller.scrollHeight <= this.#scroller.clientHeight + 1;
  }

  #set(following: boolean): void {
    if (following !== this.#following) {
      this.#following = following;
      this.#onChange(following);
    }
  }
}
