import { commands, EventEmitter, type QuickPickItem, ThemeIcon, window } from "vscode";

import type { AcceleratorSwitch } from "../accelerator/switch";
import { assertNever } from "../assertNever";
import { Method } from "../generated/methods";
import type { Model, Status } from "../generated/protocol";
import type { WatchedSidecar } from "../lists/sidecarList";
import { pickStep } from "../lists/step";
import { notificationText } from "../notificationText";
import { showNotRunning } from "../setup/messages";
import type { Connection } from "../sidecar/connection";
import { longRequestShown } from "../sidecar/longRequest";
import { sizeText } from "../sizes";
import { chooseSource, importFrom } from "./importing";
import { type Importable, type ModelChoice, pickModel } from "./modelPicker";
import type { ModelRow } from "./modelRows";
import { offerRows, type Purpose } from "./offerRows";
import { gettingOf, offersOn } from "./offers";
import { pickQuantization } from "./quantizationStep";
import { modelWords } from "./quantizations";
import { leftOver, type Removal } from "./removals";

/** Whether the list that was before is wanted again. */
type Next = "back" | "done";

const messageMs = 5_000;

/** Chooses, downloads, imports and removes models. */
export class ModelLibrary {
  readonly #sidecar: WatchedSidecar;
  readonly #accelerators: AcceleratorSwitch;
  readonly #changed = new EventEmitter<void>();
  /** Fires when something begins, or has ended, that changes what there is of the models. */
  readonly onDidChange = this.#changed.event;

  constructor(sidecar: WatchedSidecar, accelerators: AcceleratorSwitch) {
    this.#sidecar = sidecar;
    this.#accelerators = accelerators;
  }

  /** Lets the person pick a model and switches to it, or does what else they want with one. */
  async choose(): Promise<void> {
    let next: Next = "back";
    while (next === "back") {
      const picked = await pickModel(this.#sidecar);
      if (picked?.kind === "notRunning") {
        await showNotRunning(picked.state);
      }
      next = picked?.kind === "chosen" ? await this.#do(picked.choice) : "done";
    }
  }

  async #do(choice: ModelChoice): Promise<Next> {
    const here = await this.#here();
    if (here === undefined) {
      return "done";
    }
    switch (choice.kind) {
      case "model":
        return await this.#take(choice.row, here);
      case "download":
        return await this.#download(choice.row, here);
      case "remove":
        return await this.#remove(choice.row.model, choice.row.removals, here);
      case "clear": {
        const { model } = choice.leftover;
        return await this.#remove({ id: model, name: model }, [leftOver(choice.leftover)], here);
      }
      case "import":
        return await this.#import(choice.what, here);
      default:
        return assertNever(choice);
    }
  }

  /** The sidecar of now and what it last said; undefined, and told, where there is none. */
  async #here(): Promise<Here | undefined> {
    const state = this.#sidecar.state();
    const status = this.#sidecar.status();
    if (state.kind === "running" && status !== undefined) {
      return { connection: state.connection, status };
    }
    await showNotRunning(state.kind === "running" ? { kind: "starting" } : state);
    return undefined;
  }

  async #take(row: ModelRow, { status }: Here): Promise<Next> {
    const { model, offers, active } = row;
    const [best] = offers;
    if (best === undefined) {
      return await this.#refuse(model, status);
    }
    if (offers.length === 1 && best.build.state === "ready") {
      return await this.#switchTo(model, { active, quantization: best.quantization }, status);
    }
    const quantization = await pickOffer(row, "switch");
    if (quantization === undefined || quantization === "back") {
      return quantization ?? "done";
    }
    return await this.#switchTo(model, { active, quantization }, status);
  }

  async #switchTo(
    model: Model,
    {
      active,
      quantization,
    }: { readonly active: string | undefined; readonly quantization: string },
    { accelerator, acceleratorName }: Status,
  ): Promise<Next> {
    if (active === quantization) {
      await this.#accelerators.stay();
    } else {
      const target = {
        accelerator: { id: accelerator, name: acceleratorName },
        model,
        quantization,
      };
      await this.#told(() => this.#accelerators.select(target, () => this.choose()));
    }
    return "done";
  }

  async #refuse({ name }: Model, { acceleratorName }: Status): Promise<Next> {
    const other = "Switch accelerator";
    const another = "Choose another";
    const text = notificationText(`${name} does not run on ${acceleratorName}.`);
    const chosen = await window.showWarningMessage(text, other, another);
    if (chosen === other) {
      await this.#accelerators.pick();
    }
    return chosen === another ? "back" : "done";
  }

  async #download(row: ModelRow, here: Here): Promise<Next> {
    const quantization = await pickOffer(row, "download");
    if (quantization === undefined || quantization === "back") {
      return quantization ?? "done";
    }
    await this.#prepare(row.model, quantization, here);
    return "done";
  }

  async #prepare(model: Model, quantization: string, here: Here): Promise<void> {
    const words = modelWords(model.name, quantization);
    const { accelerator } = here.status;
    const outcome = await this.#told(() =>
      longRequestShown(here.connection, `Phi: preparing ${words}`, {
        method: Method.phiPrepareModel,
        params: { model: model.id, accelerator, quantization },
      }),
    );
    switch (outcome.kind) {
      case "done":
        await this.#offerSwitch(`${words} is ready.`, model, quantization);
        break;
      case "ended":
        break;
      case "failed":
        await this.#offerAgain(`${words}: ${outcome.message}`, async () => {
          const now = await this.#here();
          if (now !== undefined) {
            await this.#prepare(model, quantization, { ...now, status: here.status });
          }
        });
        break;
      default:
        assertNever(outcome);
    }
  }

  /** What is offered may be taken much later, when another accelerator is in use. */
  async #offerSwitch(text: string, model: Model, quantization: string): Promise<void> {
    const take = "Switch to it";
    if ((await window.showInformationMessage(notificationText(text), take)) !== take) {
      return;
    }
    const here = await this.#here();
    if (here !== undefined) {
      const offered = offersOn(model, here.status.accelerator).map((offer) => offer.quantization);
      await (offered.includes(quantization)
        ? this.#switchTo(model, { active: undefined, quantization }, here.status)
        : this.choose());
    }
  }

  async #offerAgain(text: string, work: () => Promise<void>): Promise<void> {
    const again = "Try again";
    const log = "Show log";
    const chosen = await window.showWarningMessage(notificationText(text), again, log);
    if (chosen === again) {
      await work();
    } else if (chosen === log) {
      await commands.executeCommand("phiSidecar.showLog");
    }
  }

  async #remove(
    model: Pick<Model, "id" | "name">,
    removals: readonly Removal[],
    { connection }: Here,
  ): Promise<Next> {
    const picked = await pickStep({
      title: `Remove ${model.name}?`,
      placeholder: "What to remove; Escape keeps it",
      items: removals.map(removalItem),
    });
    if (picked === undefined || picked === "back") {
      return picked ?? "done";
    }
    const { bytesFreed } = await this.#told(() =>
      connection.request(Method.phiRemoveModel, { model: model.id, build: picked.build }),
    );
    const freed = bytesFreed > 0 ? `, ${sizeText(bytesFreed)} came free` : "";
    window.setStatusBarMessage(`$(check) Removed${freed}`, messageMs);
    return "back";
  }

  async #import(what: Importable, { connection, status }: Here): Promise<Next> {
    const source = await chooseSource(what);
    if (source === undefined) {
      return "back";
    }
    const outcome = await importFrom(connection, source);
    switch (outcome.kind) {
      case "done":
        await this.#offerImported(outcome.result, status);
        return "done";
      case "ended":
        return "done";
      case "failed": {
        const another = "Choose another";
        const text = notificationText(outcome.message);
        const chosen = await window.showWarningMessage(text, another);
        return chosen === another ? await this.#import(what, { connection, status }) : "done";
      }
      default:
        return assertNever(outcome);
    }
  }

  /** Does something that changes what there is, and says so before and after. */
  async #told<T>(work: () => Promise<T>): Promise<T> {
    this.#changed.fire();
    try {
      return await work();
    } finally {
      this.#changed.fire();
    }
  }

  async #offerImported(model: Model, status: Status): Promise<void> {
    const offers = offersOn(model, status.accelerator);
    const taken = offers.find(({ build }) => gettingOf(build).kind === "nothing");
    if (taken !== undefined) {
      await this.#offerSwitch(`${model.name} is imported.`, model, taken.quantization);
      return;
    }
    const choose = offers.length > 0 ? "Choose model" : "Switch accelerator";
    const text =
      offers.length > 0
        ? `${model.name} is imported, and has to be converted for ${status.acceleratorName}.`
        : `${model.name} is imported, but does not run on ${status.acceleratorName}.`;
    if ((await window.showInformationMessage(notificationText(text), choose)) === choose) {
      await (offers.length > 0 ? this.choose() : this.#accelerators.pick());
    }
  }
}

interface Here {
  readonly connection: Connection;
  readonly status: Status;
}

function pickOffer(
  { model, offers, active }: ModelRow,
  purpose: Purpose,
): Promise<string | "back" | undefined> {
  const wanted =
    purpose === "switch"
      ? offers
      : offers.filter(({ build }) => ["fetch", "convert"].includes(gettingOf(build).kind));
  return pickQuantization({
    title: `${model.name}: ${purpose === "switch" ? "Choose Quantization" : "Download"}`,
    rows: offerRows(model, wanted, { purpose, active }),
  });
}

const removalItem = ({ build, ...row }: Removal): QuickPickItem & Pick<Removal, "build"> => ({
  ...row,
  build,
  iconPath: new ThemeIcon("trash"),
});
