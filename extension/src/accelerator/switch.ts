import { commands, ProgressLocation, window } from "vscode";

import { assertNever } from "../assertNever";
import { isCancellation } from "../errors";
import { Method } from "../generated/methods";
import type { Accelerator, Status } from "../generated/protocol";
import { plain } from "../lists/plain";
import type { WatchedSidecar } from "../lists/sidecarList";
import { bareRows, offerRows } from "../models/offerRows";
import { offersOn } from "../models/offers";
import { pickQuantization } from "../models/quantizationStep";
import { notificationText } from "../notificationText";
import { showNotRunning } from "../setup/messages";
import type { Connection } from "../sidecar/connection";
import { longRequest } from "../sidecar/longRequest";
import type { Outcome } from "../sidecar/outcome";
import { Latest } from "./latest";
import { openRemedyPage, pickAccelerator } from "./picker";
import { complaintOf, remedyPage } from "./rows";
import { nowOn, type Target, takingOf, targetWords } from "./target";

const messageMs = 5_000;

/** Switches accelerators and models: one at a time, and the one that was asked for last. */
export class AcceleratorSwitch {
  readonly #sidecar: WatchedSidecar;
  readonly #latest = new Latest();
  /** What was asked for last, until something came of it. */
  #going: Target | undefined;

  constructor(sidecar: WatchedSidecar) {
    this.#sidecar = sidecar;
  }

  /** Whether a switch of this window is under way: it tells itself what comes of it. */
  get underWay(): boolean {
    return this.#latest.busy;
  }

  /** Lets the person pick an accelerator and switches to it. */
  async pick(): Promise<void> {
    const picked = await pickAccelerator(this.#sidecar);
    if (picked?.kind === "notRunning") {
      await showNotRunning(picked.state);
    }
    if (picked?.kind !== "chosen") {
      return;
    }
    const { choice } = picked;
    switch (choice.kind) {
      case "menu":
        await commands.executeCommand("phiSidecar.showMenu");
        break;
      case "measure":
        await commands.executeCommand("phiSidecar.measureAccelerators");
        break;
      case "accelerator":
        await this.#takeListed(choice.accelerator);
        break;
      case "quantization":
        await this.#pickQuantization(choice.accelerator);
        break;
      default:
        assertNever(choice);
    }
  }

  /**
   * Switches, shows how far that has come, and tells what came of it; a cancel is quiet.
   *
   * @param another lets the person choose something else where it failed.
   */
  async select(target: Target, another: () => Promise<void> = () => this.pick()): Promise<void> {
    const state = this.#sidecar.state();
    if (state.kind !== "running") {
      await showNotRunning(state);
      return;
    }
    const { connection } = state;
    const options = {
      location: ProgressLocation.Notification,
      title: notificationText(`Phi: switching to ${targetWords(target)}`),
      cancellable: true,
    };
    const request = { method: Method.phiSelectAccelerator, params: paramsOf(target) };
    this.#going = target;
    const switching = window.withProgress(options, (progress, token) => {
      if (this.#latest.busy) {
        progress.report({ message: "Ending the switch before" });
      }
      return this.#latest.run((signal) =>
        longRequest(connection, request, { progress, token, signal }),
      );
    });
    const outcome = await Promise.resolve(switching).finally(() => {
      if (this.#going === target) {
        this.#going = undefined;
      }
    });
    await this.#tell(outcome ?? { kind: "ended" }, target, another);
  }

  /** Ends a switch that is under way: who takes what answers wants no other. */
  async stay(): Promise<void> {
    await this.#latest.run(async () => undefined);
  }

  /** Switches, where what was chosen is neither there nor on its way. */
  async take(target: Target): Promise<void> {
    if (!(await this.#keeps(target))) {
      await this.select(target);
    }
  }

  async #takeListed(accelerator: Accelerator): Promise<void> {
    if (accelerator.usable) {
      await this.take({ accelerator });
    } else {
      await this.#refuse(accelerator);
    }
  }

  /** Whether choosing it changes nothing; says so then, and ends a switch to another. */
  async #keeps(target: Target): Promise<boolean> {
    const taking = takingOf(target, { status: this.#sidecar.status(), going: this.#going });
    if (taking.kind === "switch") {
      return false;
    }
    if (taking.words !== undefined) {
      window.setStatusBarMessage(plain(taking.words), messageMs);
    }
    if (taking.kind === "stay") {
      await this.stay();
    }
    return true;
  }

  async #pickQuantization(accelerator: Accelerator): Promise<void> {
    const state = this.#sidecar.state();
    if (state.kind !== "running") {
      await showNotRunning(state);
      return;
    }
    const { model, rows } = await quantizationsOf(accelerator, state.connection);
    const quantization = await pickQuantization({
      title: `${accelerator.name}: Choose Quantization`,
      rows,
    });
    if (quantization === "back") {
      await this.pick();
    } else if (quantization !== undefined) {
      await this.take({ accelerator, quantization, ...(model !== undefined && { model }) });
    }
  }

  async #refuse(accelerator: Accelerator): Promise<void> {
    const page = remedyPage(accelerator);
    const open = "Open page";
    const another = "Choose another";
    const chosen = await window.showWarningMessage(
      notificationText(`${accelerator.name}: ${complaintOf(accelerator)}`),
      ...(page === undefined ? [another] : [open, another]),
    );
    if (chosen === open && page !== undefined) {
      await openRemedyPage(page);
    } else if (chosen === another) {
      await this.pick();
    }
  }

  async #tell(
    outcome: Outcome<Status>,
    target: Target,
    another: () => Promise<void>,
  ): Promise<void> {
    switch (outcome.kind) {
      case "done":
        window.setStatusBarMessage(`$(check) ${plain(nowOn(target, outcome.result))}`, messageMs);
        break;
      case "ended":
        this.#tellStaying();
        break;
      case "failed":
        await this.#tellFailure(outcome.message, target, another);
        break;
      default:
        assertNever(outcome);
    }
  }

  /** Says who answers, unless another switch is under way, which says it itself. */
  #tellStaying(): void {
    const status = this.#sidecar.status();
    if (this.#going === undefined && status?.phase === "ready") {
      window.setStatusBarMessage(plain(`Staying on ${status.acceleratorName}`), messageMs);
    }
  }

  async #tellFailure(
    message: string,
    target: Target,
    chooseAnother: () => Promise<void>,
  ): Promise<void> {
    const again = "Try again";
    const another = "Choose another";
    const log = "Show log";
    const text = notificationText(`${targetWords(target)}: ${message}`);
    switch (await window.showWarningMessage(text, again, another, log)) {
      case again:
        await this.select(target, chooseAnother);
        break;
      case another:
        await chooseAnother();
        break;
      case log:
        await commands.executeCommand("phiSidecar.showLog");
        break;
    }
  }
}

const paramsOf = ({ accelerator, model, quantization }: Target) => ({
  accelerator: accelerator.id,
  ...(model !== undefined && { model: model.id }),
  ...(quantization !== undefined && { quantization }),
});

/** Looks up what each quantization of the model that would run there takes. */
async function quantizationsOf(accelerator: Accelerator, connection: Connection) {
  const { quantization, quantizations = [], active } = accelerator;
  const current = active ? quantization : undefined;
  try {
    const { models } = await connection.request(Method.phiListModels, {});
    const model = models.find(({ id }) => id === accelerator.modelId);
    const offers = model === undefined ? [] : offersOn(model, accelerator.id);
    if (model !== undefined && offers.length > 0) {
      const rows = offerRows(model, offers, { purpose: "switch", active: current ?? undefined });
      return { model, rows };
    }
  } catch (error) {
    // Without the models there is still the choice, if not what each of it takes.
    if (isCancellation(error)) {
      throw error;
    }
  }
  return { model: undefined, rows: bareRows(quantizations, current) };
}
