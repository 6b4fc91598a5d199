import { commands, ThemeIcon, window } from "vscode";

import { assertNever } from "../assertNever";
import { Method } from "../generated/methods";
import type { AcceleratorMeasurement, MeasureAcceleratorsResult } from "../generated/protocol";
import type { WatchedSidecar } from "../lists/sidecarList";
import { notificationText } from "../notificationText";
import { showNotRunning } from "../setup/messages";
import { longRequestShown } from "../sidecar/longRequest";
import { isMeasured, measuredRows, verdictOf } from "./measured";
import type { AcceleratorSwitch } from "./switch";

const messageMs = 5_000;

/** Measures the accelerators, and lets the person switch to the best; once at a time. */
export class AcceleratorMeasuring {
  readonly #sidecar: WatchedSidecar;
  readonly #accelerators: AcceleratorSwitch;
  #underWay = false;

  constructor(sidecar: WatchedSidecar, accelerators: AcceleratorSwitch) {
    this.#sidecar = sidecar;
    this.#accelerators = accelerators;
  }

  /** Measures every accelerator that could answer now, beside the one that does. */
  async measure(): Promise<void> {
    const state = this.#sidecar.state();
    if (state.kind !== "running") {
      await showNotRunning(state);
      return;
    }
    if (this.#underWay) {
      window.setStatusBarMessage("The accelerators are being measured already", messageMs);
      return;
    }
    this.#underWay = true;
    const outcome = await longRequestShown(state.connection, "Phi: measuring accelerators", {
      method: Method.phiMeasureAccelerators,
      params: {},
    }).finally(() => {
      this.#underWay = false;
    });
    switch (outcome.kind) {
      case "done":
        await this.#tell(outcome.result);
        break;
      case "ended":
        window.setStatusBarMessage("Measuring has ended; what was measured is kept", messageMs);
        break;
      case "failed":
        await this.#tellFailure(outcome.message);
        break;
      default:
        assertNever(outcome);
    }
  }

  async #tell(result: MeasureAcceleratorsResult): Promise<void> {
    const { text, better } = verdictOf(result, this.#sidecar.status()?.accelerator);
    const switchTo = "Switch";
    const details = "Details";
    const buttons = [...(better === undefined ? [] : [switchTo]), details];
    const chosen = await window.showInformationMessage(notificationText(text), ...buttons);
    if (chosen === switchTo && better !== undefined) {
      await this.#accelerators.take({ accelerator: better });
    } else if (chosen === details) {
      await this.#showDetails(result);
    }
  }

  async #showDetails(result: MeasureAcceleratorsResult): Promise<void> {
    const active = this.#sidecar.status()?.accelerator;
    const items = measuredRows(result, active).map(({ icon, ...row }) => ({
      ...row,
      iconPath: new ThemeIcon(icon),
    }));
    const picked = await window.showQuickPick(items, {
      title: "Phi Sidecar: What Was Measured",
      placeHolder: "Choose one to switch to it",
      matchOnDetail: true,
    });
    if (picked !== undefined) {
      await this.#take(picked.measurement);
    }
  }

  async #take(measurement: AcceleratorMeasurement): Promise<void> {
    if (isMeasured(measurement)) {
      await this.#accelerators.take({ accelerator: measurement });
    } else {
      // The list says what choosing it would fetch.
      await this.#accelerators.pick();
    }
  }

  async #tellFailure(message: string): Promise<void> {
    const again = "Try again";
    const log = "Show log";
    const chosen = await window.showWarningMessage(notificationText(message), again, log);
    if (chosen === again) {
      await this.measure();
    } else if (chosen === log) {
      await commands.executeCommand("phiSidecar.showLog");
    }
  }
}
