import { randomUUID } from "node:crypto";
import {
  type CancellationToken,
  CancellationTokenSource,
  commands,
  type Progress,
  ProgressLocation,
  window,
} from "vscode";

import { assertNever } from "../assertNever";
import { Method } from "../generated/methods";
import type { Accelerator } from "../generated/protocol";
import { showNotRunning } from "../setup/messages";
import type { Connection } from "../sidecar/connection";
import { steps } from "../sidecar/progressSteps";
import { Latest } from "./latest";
import { type Outcome, outcomeOf } from "./outcome";
import { openRemedyPage, pickAccelerator, type WatchedSidecar } from "./picker";
import { complaintOf, remedyPage } from "./rows";

type Target = Pick<Accelerator, "id" | "name">;

const messageMs = 5_000;

/** Switches accelerators: one at a time, and the one that was asked for last. */
export class AcceleratorSwitch {
  readonly #sidecar: WatchedSidecar;
  readonly #latest = new Latest();

  constructor(sidecar: WatchedSidecar) {
    this.#sidecar = sidecar;
  }

  /** Whether a switch of this window is under way: it tells itself what comes of it. */
  get underWay(): boolean {
    return this.#latest.busy;
  }

  /** Lets the person pick an accelerator and switches to it. */
  async pick(): Promise<void> {
    const choice = await pickAccelerator(this.#sidecar);
    switch (choice?.kind) {
      case undefined:
        break;
      case "menu":
        await commands.executeCommand("phiSidecar.showMenu");
        break;
      case "notRunning":
        await showNotRunning(choice.state);
        break;
      case "accelerator":
        await this.#take(choice.accelerator);
        break;
      default:
        assertNever(choice);
    }
  }

  /** Switches, shows how far that has come, and tells what came of it; a cancel is quiet. */
  async select(target: Target): Promise<void> {
    const state = this.#sidecar.state();
    if (state.kind !== "running") {
      await showNotRunning(state);
      return;
    }
    const { connection } = state;
    const options = {
      location: ProgressLocation.Notification,
      title: `Phi: switching to ${target.name}`,
      cancellable: true,
    };
    const outcome = await window.withProgress(options, (progress, token) => {
      if (this.#latest.busy) {
        progress.report({ message: "Ending the switch before" });
      }
      return this.#latest.run((signal) =>
        request({ connection, target, progress, ends: [token, signal] }),
      );
    });
    await this.#tell(outcome ?? { kind: "ended" }, target);
  }

  async #take(accelerator: Accelerator): Promise<void> {
    if (!accelerator.usable) {
      await this.#refuse(accelerator);
    } else if (!accelerator.active || this.#sidecar.status()?.phase === "unavailable") {
      await this.select(accelerator);
    } else {
      // Who takes the one that answers wants no other: a switch under way ends.
      await this.#latest.run(async () => undefined);
    }
  }

  async #refuse(accelerator: Accelerator): Promise<void> {
    const page = remedyPage(accelerator);
    const open = "Open page";
    const another = "Choose another";
    const chosen = await window.showWarningMessage(
      `${accelerator.name}: ${complaintOf(accelerator)}`,
      ...(page === undefined ? [another] : [open, another]),
    );
    if (chosen === open && page !== undefined) {
      await openRemedyPage(page);
    } else if (chosen === another) {
      await this.pick();
    }
  }

  async #tell(outcome: Outcome, target: Target): Promise<void> {
    switch (outcome.kind) {
      case "switched":
        window.setStatusBarMessage(`$(check) Now on ${outcome.acceleratorName}`, messageMs);
        break;
      case "ended":
        break;
      case "failed":
        await this.#tellFailure(outcome.message, target);
        break;
      default:
        assertNever(outcome);
    }
  }

  async #tellFailure(message: string, target: Target): Promise<void> {
    const again = "Try again";
    const another = "Choose another";
    const log = "Show log";
    const text = `${target.name}: ${message}`;
    switch (await window.showWarningMessage(text, again, another, log)) {
      case again:
        await this.select(target);
        break;
      case another:
        await this.pick();
        break;
      case log:
        await commands.executeCommand("phiSidecar.showLog");
        break;
    }
  }
}

interface Request {
  readonly connection: Connection;
  readonly target: Target;
  readonly progress: Progress<{ message?: string; increment?: number }>;
  /** Either of them ends it. */
  readonly ends: readonly [CancellationToken, AbortSignal];
}

async function request({ connection, target, progress, ends }: Request): Promise<Outcome> {
  const [token, signal] = ends;
  if (token.isCancellationRequested) {
    return { kind: "ended" };
  }
  const source = new CancellationTokenSource();
  const end = () => source.cancel();
  const listening = token.onCancellationRequested(end);
  signal.addEventListener("abort", end, { once: true });
  const workDoneToken = randomUUID();
  const tracking = connection.trackProgress(workDoneToken, steps(progress));
  try {
    const params = { accelerator: target.id, workDoneToken };
    const status = await connection.request(Method.phiSelectAccelerator, params, source.token);
    return { kind: "switched", acceleratorName: status.acceleratorName };
  } catch (error) {
    return outcomeOf(error, { ended: source.token.isCancellationRequested });
  } finally {
    tracking.dispose();
    listening.dispose();
    signal.removeEventListener("abort", end);
    source.dispose();
  }
}
