import { commands, env, Uri, window } from "vscode";

import { assertNever } from "../assertNever";
import type { Failure, Fix } from "../sidecar/failure";
import type { Notice } from "./notice";

const buttons: Record<Fix, string> = {
  restart: "Restart",
  openSettings: "Open Settings",
  installPython: "Get Python",
  showLog: "Show Log",
};

/** Tells why there is no sidecar, with a button for each thing that helps. */
export async function showFailure(failure: Failure): Promise<void> {
  const titles = failure.fixes.map((fix) => buttons[fix]);
  const message = `Phi Sidecar: ${failure.reason} ${failure.remedy}`;
  const chosen = await window.showErrorMessage(message, ...titles);
  const fix = failure.fixes.find((one) => buttons[one] === chosen);
  if (fix !== undefined) {
    await apply(fix);
  }
}

/** Tells why no model answers; true if the person wants another try. */
export async function showNotice(notice: Notice): Promise<boolean> {
  const again = "Try again";
  const chosen = await window.showWarningMessage(
    `Phi Sidecar: ${notice.message}`,
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
