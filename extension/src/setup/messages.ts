import { commands, env, Uri, window } from "vscode";

import { assertNever } from "../assertNever";
import { notificationText } from "../notificationText";
import type { Failure, Fix } from "../sidecar/failure";
import type { SidecarState } from "../sidecar/supervisor";
import type { Notice } from "./notice";
import { notRunning } from "./notRunning";

const buttons: Record<Fix, string> = {
  restart: "Restart",
  openSettings: "Open settings",
  installPython: "Get Python",
  showLog: "Show log",
};

/** Tells why there is no sidecar, with a button for each thing that helps. */
export async function showFailure(failure: Failure): Promise<void> {
  await offerFixes(failure, window.showErrorMessage);
}

/** Tells the person, who asked for something, why there is no sidecar to do it. */
export async function showNotRunning(
  state: Exclude<SidecarState, { kind: "running" }>,
): Promise<void> {
  await offerFixes(notRunning(state), window.showWarningMessage);
}

type Show = (message: string, ...buttons: string[]) => Thenable<string | undefined>;

async function offerFixes(failure: Failure, show: Show): Promise<void> {
  const titles = failure.fixes.map((fix) => buttons[fix]);
  const chosen = await show(
    notificationText(`Phi Sidecar: ${failure.reason} ${failure.remedy}`),
    ...titles,
  );
  const fix = failure.fixes.find((one) => buttons[one] === chosen);
  if (fix !== undefined) {
    await apply(fix);
  }
}

/** Tells why no model answers; true if the person wants another try. */
export async function showNotice(notice: Notice): Promise<boolean> {
  const again = "Try again";
  const chosen = await window.showWarningMessage(
    notificationText(`Phi Sidecar: ${notice.message}`),
    again,
    buttons.showLog,
  );
  if (chosen === buttons.showLog) {
    await apply("showLog");
  }
  return chosen === again;
}

async function apply(fix: Fix): Promise<void> {
  switch (fix) {
    case "restart":
      await commands.executeCommand("phiSidecar.restart");
      break;
    case "openSettings":
      // A machine's setting lies on a tab of its own where the window is a remote one.
      await (env.remoteName === undefined
        ? commands.executeCommand("workbench.action.openSettings", "@id:phiSidecar.python")
        : commands.executeCommand("workbench.action.openRemoteSettings", {
            query: "@id:phiSidecar.python",
          }));
      break;
    case "installPython":
      await env.openExternal(Uri.parse("https://www.python.org/downloads/"));
      break;
    case "showLog":
      await commands.executeCommand("phiSidecar.showLog");
      break;
    default:
      assertNever(fix);
  }
}
