import { commands, type Disposable, type Event, type Memento, window, workspace } from "vscode";

import type { AcceleratorSwitch } from "../accelerator/switch";
import { Method } from "../generated/methods";
import type { Status } from "../generated/protocol";
import type { WatchedSidecar } from "../lists/sidecarList";
import { notificationText } from "../notificationText";
import { later } from "../time";
import { type Better, betterOf, type Offer, offerText } from "./better";
import { type Answer, Offering, type OfferWorld } from "./moment";
import { Outlook } from "./outlook";

const key = "offering.betterModel";

/** What offering needs of the extension. */
export interface WindowOfferingInputs {
  readonly sidecar: WatchedSidecar;
  readonly accelerators: AcceleratorSwitch;
  readonly models: { readonly onDidChange: Event<void> };
  readonly memory: Memento;
  /** Hears what there is in the starter's place, whenever that may have changed. */
  tell(better: Better | undefined): void;
}

/** Offers a better model in this window, and says what there is to offer. */
export class WindowOffering implements Disposable {
  readonly #offering: Offering<Offer>;
  readonly #outlook: Outlook<Better>;
  readonly #sidecar: WatchedSidecar;
  readonly #listening: Disposable[];
  #basis = "";

  constructor({ sidecar, accelerators, models, memory, tell }: WindowOfferingInputs) {
    this.#sidecar = sidecar;
    const outlook = new Outlook<Better>({
      later,
      find: () => find(sidecar),
      passes: ({ kind }) => kind === "underWay",
      tell,
    });
    this.#outlook = outlook;
    const offering = new Offering(offerWorld({ sidecar, accelerators, memory, outlook }));
    this.#offering = offering;
    this.#listening = [
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // A log that is open grows by itself.
        if (contentChanges.length > 0 && document.uri.scheme !== "output") {
          offering.typed();
        }
      }),
      sidecar.onDidChange(() => this.#follow()),
      models.onDidChange(() => void outlook.lookTwice()),
      window.onDidChangeWindowState(({ focused }) => {
        if (focused) {
          // Another window may have begun or ended something.
          void outlook.look();
        }
      }),
    ];
  }

  /** Hears that a suggestion was taken. */
  accepted(): void {
    this.#offering.worthShown();
  }

  /** Hears that an answer came to its end in the chat. */
  answered(): void {
    this.#offering.worthShown();
  }

  /** Hears that something was typed into the chat. */
  typed(): void {
    this.#offering.typed();
  }

  /** Hears that the person sees what is told. */
  seen(): void {
    void this.#outlook.look();
  }

  dispose(): void {
    this.#offering.dispose();
    this.#outlook.dispose();
    for (const one of this.#listening) {
      one.dispose();
    }
  }

  /** Looks again where something else answers; a status says much else besides. */
  #follow(): void {
    const { phase, accelerator, model } = this.#sidecar.status() ?? {};
    const basis = [phase, accelerator, model?.id, model?.quantization].join(" ");
    if (basis !== this.#basis) {
      this.#basis = basis;
      void this.#outlook.look();
    }
  }
}

function offerWorld({
  sidecar,
  accelerators,
  memory,
  outlook,
}: Pick<WindowOfferingInputs, "sidecar" | "accelerators" | "memory"> & {
  readonly outlook: Outlook<Better>;
}): OfferWorld<Offer> {
  return {
    nowMs: Date.now,
    later,
    starterAnswers: () => isStarter(sidecar.status()),
    isFree: () =>
      window.state.focused && sidecar.status()?.generating !== true && !accelerators.underWay,
    kept: () => memory.get(key),
    keep: (kept) => void memory.update(key, kept),
    find: () => findOffer(sidecar),
    ask,
    get: async ({ model }) => {
      const chooseModel = async () => {
        await commands.executeCommand("phiSidecar.chooseModel");
      };
      // It may be taken much later, when another accelerator is in use.
      const now = await findOffer(sidecar);
      const status = sidecar.status();
      if (status === undefined || now?.model.id !== model.id) {
        await chooseModel();
        return;
      }
      const accelerator = { id: status.accelerator, name: status.acceleratorName };
      const { quantization } = now;
      const switching = accelerators.select({ accelerator, model, quantization }, chooseModel);
      void outlook.lookTwice();
      await switching;
      void outlook.look();
    },
  };
}

const isStarter = (status: Status | undefined) =>
  status?.phase === "ready" && status.model?.starter === true;

async function findOffer(sidecar: WatchedSidecar): Promise<Offer | undefined> {
  const better = await find(sidecar);
  return better?.kind === "offer" ? better : undefined;
}

/** Asks the sidecar what there is where the starter answers. */
async function find(sidecar: WatchedSidecar): Promise<Better | undefined> {
  const state = sidecar.state();
  if (state.kind !== "running" || !isStarter(sidecar.status())) {
    return undefined;
  }
  try {
    return betterOf(await state.connection.request(Method.phiListModels, {}));
  } catch {
    // Nobody asked for an offer, so nobody misses one.
    return undefined;
  }
}

async function ask(offer: Offer): Promise<Answer> {
  const { message, get } = offerText(offer);
  const never = "Don't ask again";
  switch (await window.showInformationMessage(notificationText(message), get, "Not now", never)) {
    case get:
      return "get";
    case never:
      return "never";
    default:
      return "notNow";
  }
}
