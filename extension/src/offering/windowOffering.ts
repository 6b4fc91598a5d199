import { freemem, networkInterfaces } from "node:os";
import { commands, type Disposable, type Memento, window, workspace } from "vscode";

import type { AcceleratorSwitch } from "../accelerator/switch";
import { Method } from "../generated/methods";
import type { Status } from "../generated/protocol";
import type { WatchedSidecar } from "../lists/sidecarList";
import { notificationText } from "../notificationText";
import { later } from "../time";
import { type BetterModel, betterModel, type Machine, offerText } from "./betterModel";
import { type Answer, Offering, type OfferWorld } from "./moment";

const key = "offering.betterModel";

/** The command that an accepted suggestion runs; nobody else needs it, so it is in no list. */
const accepted = "phiSidecar.suggestionAccepted";
export const acceptedCommand = { title: "", command: accepted };

/** What offering needs of the extension. */
export interface WindowOfferingInputs {
  readonly sidecar: WatchedSidecar;
  readonly accelerators: AcceleratorSwitch;
  readonly memory: Memento;
}

/** Offers a better model in this window; `answered` and `typed` hear of what happens in the chat. */
export class WindowOffering implements Disposable {
  readonly #offering: Offering<BetterModel>;
  readonly #listening: Disposable[];

  constructor(inputs: WindowOfferingInputs) {
    const offering = new Offering(offerWorld(inputs));
    this.#offering = offering;
    this.#listening = [
      commands.registerCommand(accepted, () => offering.worthShown()),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        // A log that is open grows by itself.
        if (contentChanges.length > 0 && document.uri.scheme !== "output") {
          offering.typed();
        }
      }),
    ];
  }

  answered(): void {
    this.#offering.worthShown();
  }

  typed(): void {
    this.#offering.typed();
  }

  dispose(): void {
    this.#offering.dispose();
    for (const one of this.#listening) {
      one.dispose();
    }
  }
}

function offerWorld({
  sidecar,
  accelerators,
  memory,
}: WindowOfferingInputs): OfferWorld<BetterModel> {
  return {
    nowMs: Date.now,
    later,
    starterAnswers: () => isStarter(sidecar.status()),
    isFree: () =>
      window.state.focused && sidecar.status()?.generating !== true && !accelerators.underWay,
    kept: () => memory.get(key),
    keep: (kept) => void memory.update(key, kept),
    find: () => find(sidecar),
    ask,
    get: async ({ model }) => {
      const chooseModel = async () => {
        await commands.executeCommand("phiSidecar.chooseModel");
      };
      // It may be taken much later, when another accelerator is in use.
      const now = await find(sidecar);
      const status = sidecar.status();
      if (status === undefined || now?.model.id !== model.id) {
        await chooseModel();
        return;
      }
      const accelerator = { id: status.accelerator, name: status.acceleratorName };
      const { quantization } = now;
      await accelerators.select({ accelerator, model, quantization }, chooseModel);
    },
  };
}

const isStarter = (status: Status | undefined) =>
  status?.phase === "ready" && status.model?.starter === true;

async function find(sidecar: WatchedSidecar): Promise<BetterModel | undefined> {
  const state = sidecar.state();
  const status = sidecar.status();
  if (state.kind !== "running" || status === undefined) {
    return undefined;
  }
  try {
    const { models } = await state.connection.request(Method.phiListModels, {});
    return betterModel(models, status, machine());
  } catch {
    // Nobody asked for an offer, so nobody misses one.
    return undefined;
  }
}

/** Looks at this machine, where the sidecar runs as well, without a word to any other. */
function machine(): Machine {
  const addresses = Object.values(networkInterfaces()).flatMap((some) => some ?? []);
  const isOutside = ({ internal, address }: { internal: boolean; address: string }) =>
    !(internal || address.startsWith("fe80:") || address.startsWith("169.254."));
  return { freeBytes: freemem(), hasNetwork: addresses.some(isOutside) };
}

async function ask(offer: BetterModel): Promise<Answer> {
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
