import type { ReactiveControllerHost } from "lit";

import { isWholeCommand, matchingChoices, type SlashChoice } from "./slashCommands";

/** What a key did to the list: nothing, something within it, or it chose a command. */
export type MenuKey =
  | { readonly kind: "passed" }
  | { readonly kind: "taken" }
  | { readonly kind: "chosen"; readonly choice: SlashChoice };

/** Which commands are offered for what is typed, and which of them is highlighted. */
export class SlashMenu {
  readonly #host: ReactiveControllerHost;
  #highlighted = 0;
  /** Whether it was closed by hand, until something else is typed. */
  #closed = false;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
  }

  get highlighted(): number {
    return this.#highlighted;
  }

  /** The commands that are offered; none while it is closed. */
  choices(typed: string): readonly SlashChoice[] {
    return this.#closed ? [] : matchingChoices(typed);
  }

  /** Begins anew, for what is typed has changed. */
  reset(): void {
    this.#highlighted = 0;
    this.#closed = false;
    this.#host.requestUpdate();
  }

  close(): void {
    this.#closed = true;
    this.#host.requestUpdate();
  }

  /** Takes in a key that was pressed behind what is typed. */
  key({ key, shiftKey }: Pick<KeyboardEvent, "key" | "shiftKey">, typed: string): MenuKey {
    const choices = this.choices(typed);
    const choice = choices[this.#highlighted];
    if (choice === undefined || shiftKey) {
      return { kind: "passed" };
    }
    switch (key) {
      case "ArrowDown":
        return this.#move(1, choices.length);
      case "ArrowUp":
        return this.#move(-1, choices.length);
      case "Enter":
        // A command that is typed in full is asked, not chosen once more.
        return isWholeCommand(typed) ? { kind: "passed" } : { kind: "chosen", choice };
      case "Tab":
        return { kind: "chosen", choice };
      case "Escape":
        this.close();
        return { kind: "taken" };
      default:
        return { kind: "passed" };
    }
  }

  #move(step: 1 | -1, length: number): MenuKey {
    this.#highlighted = (this.#highlighted + step + length) % length;
    this.#host.requestUpdate();
    return { kind: "taken" };
  }
}
