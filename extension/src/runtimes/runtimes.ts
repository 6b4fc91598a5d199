import { commands, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from "vscode";

import { assertNever } from "../assertNever";
import { Method } from "../generated/methods";
import type { Environment } from "../generated/protocol";
import {
  type Filling,
  type Line,
  type Picked,
  pickFrom,
  type WatchedSidecar,
} from "../lists/sidecarList";
import { pickStep } from "../lists/step";
import { notificationText } from "../notificationText";
import { showNotRunning } from "../setup/messages";
import type { Connection } from "../sidecar/connection";
import { longRequestShown } from "../sidecar/longRequest";
import { sizeText } from "../sizes";
import {
  type ActionRow,
  actionRows,
  complaintOf,
  nameOf,
  packageLines,
  type RuntimeRow,
  runtimeRows,
} from "./runtimeRows";

/** Whether the list of runtimes is wanted again. */
type Next = "back" | "done";

type Action = ActionRow["action"];

const messageMs = 5_000;

/** Sets up, repairs and removes the runtimes' environments. */
export class Runtimes {
  readonly #sidecar: WatchedSidecar;

  constructor(sidecar: WatchedSidecar) {
    this.#sidecar = sidecar;
  }

  /** Lists the runtimes and does what the person wants with them. */
  async manage(): Promise<void> {
    let next: Next = "back";
    while (next === "back") {
      const picked = await pickRuntime(this.#sidecar);
      if (picked?.kind === "notRunning") {
        await showNotRunning(picked.state);
      }
      next = picked?.kind === "chosen" ? await this.#open(picked.choice) : "done";
    }
  }

  async #open(environment: Environment): Promise<Next> {
    if (actionRows(environment).length === 0 && environment.reason) {
      const another = "Choose another";
      const text = notificationText(`${nameOf(environment)}: ${complaintOf(environment)}`);
      return (await window.showWarningMessage(text, another)) === another ? "back" : "done";
    }
    const action = await pickAction(environment);
    if (action === undefined || action === "back") {
      return action ?? "done";
    }
    const state = this.#sidecar.state();
    if (state.kind !== "running") {
      await showNotRunning(state);
      return "done";
    }
    switch (action) {
      case "prepare":
        await this.#prepare(environment, state.connection);
        return "done";
      case "remove":
        return await this.#remove(environment, state.connection);
      default:
        return assertNever(action);
    }
  }

  async #prepare(environment: Environment, connection: Connection): Promise<void> {
    const name = nameOf(environment);
    const outcome = await longRequestShown(connection, `Phi: setting up ${environment.title}`, {
      method: Method.phiPrepareEnvironment,
      params: { name: environment.name },
    });
    switch (outcome.kind) {
      case "done":
        window.setStatusBarMessage(`$(check) ${name} is ready`, messageMs);
        break;
      case "ended":
        break;
      case "failed":
        await this.#tellFailure(environment, outcome.message);
        break;
      default:
        assertNever(outcome);
    }
  }

  async #tellFailure(environment: Environment, message: string): Promise<void> {
    const again = "Try again";
    const log = "Show log";
    const chosen = await window.showWarningMessage(notificationText(message), again, log);
    if (chosen === log) {
      await commands.executeCommand("phiSidecar.showLog");
    } else if (chosen === again) {
      const state = this.#sidecar.state();
      await (state.kind === "running"
        ? this.#prepare(environment, state.connection)
        : showNotRunning(state));
    }
  }

  async #remove(environment: Environment, connection: Connection): Promise<Next> {
    const { title, name, bytesOnDisk } = environment;
    const confirmed = await pickStep({
      title: `Remove ${title}?`,
      placeholder: "Press Enter to remove it, Escape to keep it",
      items: [
        {
          iconPath: new ThemeIcon("trash"),
          label: "Remove",
          description: `frees ${sizeText(bytesOnDisk)}`,
          detail: "It is downloaded again when you choose what runs on it.",
        },
      ],
    });
    if (confirmed === "back") {
      return await this.#open(environment);
    }
    if (confirmed === undefined) {
      return "done";
    }
    const { bytesFreed } = await connection.request(Method.phiRemoveEnvironment, { name });
    window.setStatusBarMessage(`$(check) Removed, ${sizeText(bytesFreed)} came free`, messageMs);
    return "back";
  }
}

function pickRuntime(sidecar: WatchedSidecar): Promise<Picked<Environment> | undefined> {
  return pickFrom<Environment, Environment>(sidecar, {
    title: "Phi Sidecar: Manage Runtimes",
    placeholder: "What runs the models; each lies in an environment of its own",
    buttons: [],
    looksAgain: true,
    // Nothing that the status tells says anything of an environment.
    basis: () => "",
    fill: async (connection, _anew, token) => {
      const { environments } = await connection.request(Method.phiListEnvironments, {}, token);
      return filling(environments);
    },
    take: (environment) => environment,
    press: () => undefined,
  });
}

function filling(environments: readonly Environment[]): Filling<Environment> {
  const { possible, others } = runtimeRows(environments);
  const heading = { label: "Not possible here", kind: QuickPickItemKind.Separator };
  return {
    lines: [
      ...possible.map(lineOf),
      ...(others.length === 0 ? [] : [heading, ...others.map(lineOf)]),
    ],
  };
}

const lineOf = ({ icon, environment, ...texts }: RuntimeRow): Line<Environment> => ({
  ...texts,
  row: environment,
  key: environment.name,
  iconPath: new ThemeIcon(icon),
});

type ActionItem = QuickPickItem & { readonly action?: Action };

async function pickAction(environment: Environment): Promise<Action | "back" | undefined> {
  const installed = environment.state === "ready";
  const packages = packageLines(environment);
  const heading = {
    label: installed ? "What is installed" : "What would be installed",
    kind: QuickPickItemKind.Separator,
  };
  const picked = await pickStep<ActionItem>({
    title: `Phi Sidecar: ${nameOf(environment)}`,
    placeholder: "What to do with it",
    items: [...actionRows(environment).map(actionItem), heading, ...packages],
    // The packages are to be read.
    takes: ({ action }) => action !== undefined,
  });
  return picked === undefined || picked === "back" ? picked : picked.action;
}

const actionItem = ({ icon, ...row }: ActionRow): ActionItem => ({
  ...row,
  iconPath: new ThemeIcon(icon),
});
