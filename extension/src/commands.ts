import { commands, type Disposable, type LogOutputChannel, window } from "vscode";

import type { AcceleratorMeasuring } from "./accelerator/measuring";
import { showMenu } from "./accelerator/menu";
import { fromStatusBar, type StatusInput } from "./accelerator/statusInput";
import type { AcceleratorSwitch } from "./accelerator/switch";
import type { ChatCommandName, Command, CommandTable, ProductCommandName } from "./commandTable";
import type { ExplanationPanel } from "./completion/explanation/panel";
import { minutesIn, type Snooze, timeOfDay } from "./completion/snooze";
import { pickMinutes } from "./completion/snoozePick";
import { toggleCompletions, toggleLanguage } from "./config";
import { isCancellation, toldBy } from "./errors";
import type { ModelLibrary } from "./models/modelLibrary";
import { notificationText } from "./notificationText";
import type { ReportDocument } from "./report/reportDocument";
import type { Runtimes } from "./runtimes/runtimes";
import { showNotRunning } from "./setup/messages";
import type { Supervisor } from "./sidecar/supervisor";

/** What the commands act on. */
export interface Product {
  readonly supervisor: Supervisor;
  readonly accelerators: AcceleratorSwitch;
  readonly measuring: AcceleratorMeasuring;
  readonly models: ModelLibrary;
  readonly runtimes: Runtimes;
  readonly snooze: Snooze;
  readonly report: ReportDocument;
  readonly explanations: ExplanationPanel;
  /** Has the editor ask for a suggestion at the cursor, as if a key had been typed. */
  suggestHere(): void;
  readonly log: LogOutputChannel;
  statusInput(): StatusInput;
}

const messageMs = 3_000;

/** The commands beside the chat's. */
export function productCommands(product: Product): CommandTable<ProductCommandName> {
  const { supervisor, accelerators, measuring, models, runtimes, snooze, log } = product;
  const { report, explanations } = product;
  return {
    "phiSidecar.showMenu": () => showMenu(product.statusInput()),
    "phiSidecar.restart": () => supervisor.restart(),
    "phiSidecar.showLog": () => log.show(true),
    "phiSidecar.openSettings": () =>
      commands.executeCommand("workbench.action.openSettings", "phiSidecar"),
    "phiSidecar.toggleCompletions": async () => {
      const on = await toggleCompletions();
      if (on && snooze.untilMs !== undefined) {
        // Who turns them on wants them now.
        snooze.end();
        product.suggestHere();
      }
      tell(`Phi completions are ${on ? "on" : "off"}`);
    },
    "phiSidecar.toggleCompletionsForLanguage": async () => {
      const languageId = window.activeTextEditor?.document.languageId;
      if (languageId === undefined) {
        void window.showInformationMessage("Open a file of the language to turn on or off first.");
        return;
      }
      const on = await toggleLanguage(languageId);
      tell(`Phi completions are ${on ? "on" : "off"} for ${languageId}`);
    },
    "phiSidecar.snoozeCompletions": async (argument) => {
      const minutes = minutesIn(argument) ?? (await pickMinutes());
      if (minutes === undefined) {
        return;
      }
      snooze.start(minutes);
      // What is shown just now was not wanted either.
      await commands.executeCommand("editor.action.inlineSuggest.hide");
      if (snooze.untilMs !== undefined) {
        tell(`Phi completions are snoozed until ${timeOfDay(snooze.untilMs)}`);
      }
    },
    "phiSidecar.endSnooze": () => {
      snooze.end();
      tell("Phi completions are no longer snoozed");
      product.suggestHere();
    },
    "phiSidecar.explainCompletion": async () => {
      const { state } = supervisor;
      await (state.kind === "running"
        ? explanations.show(state.connection)
        : showNotRunning(state));
    },
    "phiSidecar.showReport": async () => {
      const { state } = supervisor;
      await (state.kind === "running" ? report.show(state.connection) : showNotRunning(state));
    },
    "phiSidecar.tryAgain": async () => {
      const { status } = product.statusInput();
      if (supervisor.connection === undefined || status === undefined) {
        await supervisor.restart();
        return;
      }
      await accelerators.select({
        accelerator: { id: status.accelerator, name: status.acceleratorName },
      });
    },
    "phiSidecar.switchAccelerator": () => accelerators.pick(),
    "phiSidecar.measureAccelerators": () => measuring.measure(),
    "phiSidecar.chooseModel": () => models.choose(),
    "phiSidecar.manageRuntimes": () => runtimes.manage(),
  };
}

/** Registers every command that package.json declares; one that fails tells the person why. */
export function registerCommands(
  table: CommandTable<ProductCommandName | ChatCommandName>,
): Disposable[] {
  return Object.entries<Command>(table).map(([name, command]) =>
    commands.registerCommand(name, async (...args: readonly unknown[]) => {
      try {
        if (args.at(-1) === fromStatusBar) {
          await leaveStatusBar();
        }
        await command(...args.filter((argument) => argument !== fromStatusBar));
      } catch (error) {
        if (!isCancellation(error)) {
          const { message, remedy } = toldBy(error);
          const told = [message, remedy].filter(Boolean).join(" ");
          void window.showErrorMessage(notificationText(`Phi Sidecar: ${told}`));
        }
      }
    }),
  );
}

/**
 * Gives the keyboard back to the editor.
 *
 * Else it would stay in the tooltip, which shows what was before, or come back to the item when a
 * list closes, and open the tooltip over the notification that follows.
 */
async function leaveStatusBar(): Promise<void> {
  await commands.executeCommand("workbench.action.focusActiveEditorGroup");
}

function tell(message: string): void {
  window.setStatusBarMessage(message, messageMs);
}
