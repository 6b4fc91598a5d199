import {
  type CancellationToken,
  CancellationTokenSource,
  type Disposable,
  type Event,
  type QuickInputButton,
  type QuickPick,
  type QuickPickItem,
  ThemeIcon,
  window,
} from "vscode";

import { assertNever } from "../assertNever";
import { isCancellation, isDisconnection, toldBy } from "../errors";
import type { Status } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import type { SidecarState } from "../sidecar/supervisor";
import { plain } from "./plain";

/** The sidecar as it stands, and a way to hear when that changes. */
export interface WatchedSidecar {
  state(): SidecarState;
  /** What the running sidecar last said of itself. */
  status(): Status | undefined;
  readonly onDidChange: Event<void>;
}

export type NotRunning = Exclude<SidecarState, { kind: "running" }>;

/** A line of a list; one without a row is a heading. */
export type Line<Row> = QuickPickItem & {
  readonly row?: Row;
  /** Names it among the lines when the list is filled anew. */
  readonly key?: string;
};

export interface Filling<Row> {
  readonly lines: readonly Line<Row>[];
  /** The key of the line that is marked first. */
  readonly marked?: string | undefined;
}

/** What a list shows, and what is done with its lines. */
export interface Listing<Row, Choice> {
  readonly title: string;
  /** What it says of the sidecar's state goes on with that. */
  readonly placeholder: string | ((status: Status | undefined) => string);
  /** Beside the title; they mean the marked line, for a line's own buttons take a mouse. */
  readonly buttons: readonly QuickInputButton[];
  /** Whether the person can have the sidecar look again. */
  readonly looksAgain: boolean;
  /** What of the status the lines depend on; undefined where they have to wait for it. */
  basis(status: Status | undefined): string | undefined;
  fill(connection: Connection, anew: boolean, token: CancellationToken): Promise<Filling<Row>>;
  /** What a line means that is taken; undefined leaves the list open. */
  take(row: Row): Choice | undefined;
  /** What a button means, of a line or of the title; undefined leaves the list open. */
  press(button: QuickInputButton, row: Row | undefined): Choice | undefined;
}

/** What became of a list. */
export type Picked<Choice> =
  | { readonly kind: "chosen"; readonly choice: Choice }
  /** There was nothing to choose from. */
  | { readonly kind: "notRunning"; readonly state: NotRunning };

const lookAgain = { iconPath: new ThemeIcon("refresh"), tooltip: "Look again" };

/** Lets the person choose from what the sidecar lists; undefined when they choose nothing. */
export function pickFrom<Row, Choice>(
  sidecar: WatchedSidecar,
  listing: Listing<Row, Choice>,
): Promise<Picked<Choice> | undefined> {
  const state = sidecar.state();
  if (state.kind === "stopped" || state.kind === "failed") {
    return Promise.resolve({ kind: "notRunning", state });
  }
  return new Promise((resolve) => {
    new SidecarList(sidecar, listing, resolve).open();
  });
}

type Item<Row> = Line<Row> & {
  /** Taking it asks the sidecar once more. */
  readonly retry?: true;
};

/** One opening of a list. It opens at once, and fills when the sidecar has answered. */
class SidecarList<Row, Choice> {
  readonly #sidecar: WatchedSidecar;
  readonly #listing: Listing<Row, Choice>;
  readonly #resolve: (picked: Picked<Choice> | undefined) => void;
  readonly #list: QuickPick<Item<Row>> = window.createQuickPick<Item<Row>>();
  readonly #listening: Disposable[];
  /** Who was asked for what is shown, and when the sidecar stood how. */
  #asked: { readonly connection: Connection; readonly basis: string } | undefined;
  #looking: CancellationTokenSource | undefined;
  #lines: readonly Line<Row>[] = [];

  constructor(
    sidecar: WatchedSidecar,
    listing: Listing<Row, Choice>,
    resolve: (picked: Picked<Choice> | undefined) => void,
  ) {
    this.#sidecar = sidecar;
    this.#listing = listing;
    this.#resolve = resolve;
    const list = this.#list;
    list.title = listing.title;
    list.placeholder = this.#placeholder();
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    list.keepScrollPosition = true;
    list.buttons = [...(listing.looksAgain ? [lookAgain] : []), ...listing.buttons];
    this.#listening = [
      list.onDidAccept(() => this.#accept()),
      list.onDidTriggerButton((button) => {
        if (button === lookAgain) {
          this.#lookIfRunning({ anew: true });
        } else {
          this.#finishWith(listing.press(button, list.activeItems[0]?.row));
        }
      }),
      list.onDidTriggerItemButton(({ button, item }) => {
        this.#finishWith(listing.press(button, item.row));
      }),
      list.onDidHide(() => this.#finish(undefined)),
      sidecar.onDidChange(() => this.#follow()),
    ];
  }

  open(): void {
    this.#list.show();
    this.#follow();
  }

  /** Keeps up with the sidecar: it may start, switch or end while the list is open. */
  #follow(): void {
    const state = this.#sidecar.state();
    switch (state.kind) {
      case "running": {
        const basis = this.#listing.basis(this.#sidecar.status());
        if (basis === undefined) {
          this.#wait();
        } else if (this.#asked?.connection !== state.connection || this.#asked.basis !== basis) {
          this.#lookIfRunning({ anew: false });
        }
        break;
      }
      // A restart goes through stopped.
      case "stopped":
      case "starting":
        this.#wait();
        break;
      case "failed":
        this.#finish({ kind: "notRunning", state });
        break;
      default:
        assertNever(state);
    }
  }

  #wait(): void {
    this.#stopLooking();
    this.#asked = undefined;
    this.#list.items = [];
    this.#list.busy = true;
    this.#list.placeholder = "Phi Sidecar is starting…";
  }

  #lookIfRunning({ anew }: { anew: boolean }): void {
    const state = this.#sidecar.state();
    const basis = this.#listing.basis(this.#sidecar.status());
    if (state.kind === "running" && basis !== undefined) {
      void this.#look(state.connection, basis, anew);
    }
  }

  async #look(connection: Connection, basis: string, anew: boolean): Promise<void> {
    this.#stopLooking();
    const looking = new CancellationTokenSource();
    this.#looking = looking;
    this.#asked = { connection, basis };
    this.#list.busy = true;
    this.#list.placeholder = anew ? "Looking again…" : this.#placeholder();
    try {
      const filling = await this.#listing.fill(connection, anew, looking.token);
      if (this.#looking === looking) {
        this.#show(filling);
      }
    } catch (error) {
      if (this.#looking === looking && !isCancellation(error)) {
        if (isDisconnection(error)) {
          this.#wait();
        } else {
          this.#showFailure(error);
        }
      }
    } finally {
      if (this.#looking === looking) {
        this.#looking = undefined;
        this.#list.busy = false;
        this.#list.placeholder = this.#placeholder();
      }
      looking.dispose();
    }
  }

  #placeholder(): string {
    const { placeholder } = this.#listing;
    return typeof placeholder === "string" ? placeholder : placeholder(this.#sidecar.status());
  }

  /** Fills the list in its place: the filter stays, and so does the line that is looked at. */
  #show({ lines, marked }: Filling<Row>): void {
    const focused = this.#list.activeItems[0]?.key;
    this.#lines = lines;
    this.#list.items = lines;
    const byKey = (key: string | undefined) =>
      lines.find((line) => key !== undefined && line.key === key);
    const line = byKey(focused) ?? byKey(marked);
    if (line !== undefined) {
      this.#list.activeItems = [line];
    }
  }

  #showFailure(error: unknown): void {
    const { message, remedy } = toldBy(error);
    const detail = [remedy, "Press Enter to look again."].filter(Boolean).join(" ");
    this.#list.items = [
      {
        iconPath: new ThemeIcon("warning"),
        label: plain(message),
        detail: plain(detail),
        alwaysShow: true,
        retry: true,
      },
      ...this.#lines,
    ];
  }

  #accept(): void {
    const [item] = this.#list.selectedItems;
    if (item?.retry) {
      this.#lookIfRunning({ anew: true });
    } else if (item?.row !== undefined) {
      this.#finishWith(this.#listing.take(item.row));
    }
  }

  #finishWith(choice: Choice | undefined): void {
    if (choice !== undefined) {
      this.#finish({ kind: "chosen", choice });
    }
  }

  #finish(picked: Picked<Choice> | undefined): void {
    // First, because disposing of the list hides it, which ends up here again.
    this.#resolve(picked);
    this.#stopLooking();
    for (const one of this.#listening.splice(0)) {
      one.dispose();
    }
    this.#list.dispose();
  }

  #stopLooking(): void {
    const looking = this.#looking;
    this.#looking = undefined;
    looking?.cancel();
  }
}
