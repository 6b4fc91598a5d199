import {
  CancellationTokenSource,
  type Disposable,
  type Event,
  env,
  type QuickPick,
  type QuickPickItem,
  QuickPickItemKind,
  ThemeIcon,
  Uri,
  window,
} from "vscode";

import { assertNever } from "../assertNever";
import { isCancellation, isDisconnection, toldBy } from "../errors";
import { Method } from "../generated/methods";
import type { Accelerator, Status } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import type { SidecarState } from "../sidecar/supervisor";
import { type Row, remedyPage, rowsOf } from "./rows";

/** The sidecar as it stands, and a way to hear when that changes. */
export interface WatchedSidecar {
  state(): SidecarState;
  /** What the running sidecar last said of itself. */
  status(): Status | undefined;
  readonly onDidChange: Event<void>;
}

/** What the person did with the list. */
export type Choice =
  | { readonly kind: "accelerator"; readonly accelerator: Accelerator }
  | { readonly kind: "menu" }
  /** There was nothing to choose from. */
  | { readonly kind: "notRunning"; readonly state: Exclude<SidecarState, { kind: "running" }> };

type Item = QuickPickItem & {
  readonly accelerator?: Accelerator;
  /** Picking it asks the sidecar once more. */
  readonly retry?: true;
};

const lookAgain = { iconPath: new ThemeIcon("refresh"), tooltip: "Look again" };
const more = { iconPath: new ThemeIcon("ellipsis"), tooltip: "More…" };
const openPage = { iconPath: new ThemeIcon("link-external"), tooltip: "Open the page that helps" };

/** Opens a page of a remedy; only ever because the person clicked. */
export async function openRemedyPage(page: string): Promise<void> {
  await env.openExternal(Uri.parse(page, true));
}

/** Lets the person pick an accelerator; undefined when they pick none. */
export function pickAccelerator(sidecar: WatchedSidecar): Promise<Choice | undefined> {
  const state = sidecar.state();
  if (state.kind === "stopped" || state.kind === "failed") {
    return Promise.resolve({ kind: "notRunning", state });
  }
  return new Promise((resolve) => {
    new Picker(sidecar, resolve).open();
  });
}

/** One opening of the list. It opens at once, and fills when the sidecar has looked. */
class Picker {
  readonly #sidecar: WatchedSidecar;
  readonly #resolve: (choice: Choice | undefined) => void;
  readonly #list: QuickPick<Item> = window.createQuickPick<Item>();
  readonly #listening: Disposable[];
  /** Who was asked for what is shown. */
  #asked: { readonly connection: Connection; readonly active: string | undefined } | undefined;
  #looking: CancellationTokenSource | undefined;
  #accelerators: readonly Accelerator[] = [];

  constructor(sidecar: WatchedSidecar, resolve: (choice: Choice | undefined) => void) {
    this.#sidecar = sidecar;
    this.#resolve = resolve;
    const list = this.#list;
    list.title = "Phi Sidecar: Switch Accelerator";
    list.placeholder = "What the model runs on";
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    list.keepScrollPosition = true;
    list.buttons = [lookAgain, more];
    this.#listening = [
      list.onDidAccept(() => this.#accept()),
      list.onDidTriggerButton((button) => {
        if (button === more) {
          this.#finish({ kind: "menu" });
        } else {
          this.#lookIfRunning({ anew: true });
        }
      }),
      list.onDidTriggerItemButton(({ item }) => {
        const page = item.accelerator && remedyPage(item.accelerator);
        if (page !== undefined) {
          void openRemedyPage(page);
        }
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
      case "running":
        if (
          this.#asked?.connection !== state.connection ||
          this.#asked.active !== this.#sidecar.status()?.accelerator
        ) {
          this.#lookIfRunning({ anew: false });
        }
        break;
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
    if (state.kind === "running") {
      void this.#look(state.connection, anew);
    }
  }

  async #look(connection: Connection, anew: boolean): Promise<void> {
    this.#stopLooking();
    const looking = new CancellationTokenSource();
    this.#looking = looking;
    this.#asked = { connection, active: this.#sidecar.status()?.accelerator };
    this.#list.busy = true;
    this.#list.placeholder = anew ? "Looking again…" : "What the model runs on";
    try {
      const params = anew ? { lookAgain: true } : {};
      const { accelerators } = await connection.request(
        Method.phiListAccelerators,
        params,
        looking.token,
      );
      if (this.#looking === looking) {
        this.#show(accelerators);
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
        this.#list.placeholder = "What the model runs on";
      }
      looking.dispose();
    }
  }

  /** Fills the list in its place: the filter stays, and so does the line that is looked at. */
  #show(accelerators: readonly Accelerator[]): void {
    const focused = this.#list.activeItems[0]?.accelerator?.id;
    this.#accelerators = accelerators;
    this.#list.items = itemsOf(accelerators);
    const byId = (id: string | undefined) =>
      this.#list.items.find(({ accelerator }) => id !== undefined && accelerator?.id === id);
    const item = byId(focused) ?? byId(accelerators.find(({ active }) => active)?.id);
    if (item !== undefined) {
      this.#list.activeItems = [item];
    }
  }

  #showFailure(error: unknown): void {
    const { message, remedy } = toldBy(error);
    this.#list.items = [
      {
        iconPath: new ThemeIcon("warning"),
        label: message,
        detail: [remedy, "Press Enter to look again."].filter(Boolean).join(" "),
        alwaysShow: true,
        retry: true,
      },
      ...itemsOf(this.#accelerators),
    ];
  }

  #accept(): void {
    const [item] = this.#list.selectedItems;
    if (item?.retry) {
      this.#lookIfRunning({ anew: true });
    } else if (item?.accelerator !== undefined) {
      this.#finish({ kind: "accelerator", accelerator: item.accelerator });
    }
  }

  #finish(choice: Choice | undefined): void {
    // First, because disposing of the list hides it, which ends up here again.
    this.#resolve(choice);
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

function itemsOf(accelerators: readonly Accelerator[]): Item[] {
  const { usable, others } = rowsOf(accelerators);
  const separator: Item = {
    label: "Not usable here",
    kind: QuickPickItemKind.Separator,
  };
  return [
    ...usable.map(itemOf),
    ...(others.length === 0 ? [] : [separator]),
    ...others.map(itemOf),
  ];
}

const itemOf = ({ icon, ...row }: Row): Item => ({
  ...row,
  iconPath: new ThemeIcon(icon),
  ...(remedyPage(row.accelerator) !== undefined && { buttons: [openPage] }),
});
