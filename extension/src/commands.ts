import { commands, type Disposable, type LogOutputChannel, window } from "vscode";

import { showMenu } from "./accelerator/menu";
import type { StatusInput } from "./accelerator/statusView";
import { selectAccelerator, switchAccelerator } from "./accelerator/switch";
import { toggleCompletions, toggleLanguage } from "./config";
import { toldBy } from "./errors";
import type { Supervisor } from "./sidecar/supervisor";

/** What the commands act on. */
export interface Product {
  readonly supervisor: Supervisor;
  readonly log: LogOutputChannel;
  statusInput(): StatusInput;
}

type Command = (product: Product) => unknown;

const table: Record<string, Command> = {
  "phiSidecar.showMenu": ({ statusInput }) => showMenu(statusInput()),
  "phiSidecar.restart": ({ supervisor }) => supervisor.restart(),
  "phiSidecar.showLog": ({ log }) => log.show(true),
  "phiSidecar.openSettings": () =>
    commands.executeCommand("workbench.action.openSettings", "phiSidecar"),
  "phiSidecar.toggleCompletions": async () => {
    const on = await toggleCompletions();
    window.setStatusBarMessage(`Phi completions are ${on ? "on" : "off"}`, 3_000);
  },
  "phiSidecar.toggleCompletionsForLanguage": async () => {
    const languageId = window.activeTextEditor?.document.languageId;
    if (languageId === undefined) {
      void window.showInformationMessage("Open a file of the language to turn on or off first.");
      return;
    }
    const on = await toggleLanguage(languageId);
    window.setStatusBarMessage(`Phi completions are ${on ? "on" : "off"} for ${languageId}`, 3_000);
  },
  "phiSidecar.tryAgain": async ({ supervisor, statusInput }) => {
    const { status } = statusInput();
    if (supervisor.connection === undefined || status === undefined) {
      await supervisor.restart();
      return;
    }
    const { accelerator: id, acceleratorName: name } = status;
    await selectAccelerator(supervisor.connection, { id, name });
  },
  "phiSidecar.switchAccelerator": async ({ supervisor }) => {
    const { connection } = supervisor;
    if (connection === undefined) {
      void window.showWarningMessage(
        "Phi Sidecar is not running. Restart it, then switch the accelerator.",
      );
      return;
    }
    await switchAccelerator(connection);
  },
};

/** Registers every command that package.json declares. */
export function registerCommands(product: Product): Disposable[] {
  return Object.entries(table).map(([name, command]) =>
    commands.registerCommand(name, async () => {
      try {
        await command(product);
      } catch (error) {
        const { message, remedy } = toldBy(error);
        void window.showErrorMessage(`Phi Sidecar: ${[message, remedy].filter(Boolean).join(" ")}`);
      }
    }),
  );
}
