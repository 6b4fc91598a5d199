import { assertNever } from "../../assertNever";
import type { Status, StepProgress } from "../../generated/protocol";
import type { Failure, Fix } from "../../sidecar/failure";
import type { SidecarState } from "../../sidecar/supervisor";
import type { ModelState, PanelCommand } from "./panelMessages";

type Offer = { readonly title: string; readonly command: PanelCommand };

const showLog: Offer = { title: "Show log", command: "phiSidecar.showLog" };

const offers: Record<Fix, Offer | null> = {
  restart: { title: "Restart", command: "phiSidecar.restart" },
  openSettings: { title: "Open settings", command: "phiSidecar.openSettings" },
  // It opens a page, for which the editor's own message has the button.
  installPython: null,
  showLog,
};

/** Works out whether there is a model to answer. */
export function modelState(sidecar: SidecarState, status: Status | undefined): ModelState {
  switch (sidecar.kind) {
    // It is stopped on purpose only to be started again.
    case "stopped":
    case "starting":
      return preparing("Starting the sidecar");
    case "failed":
      return ofFailure(sidecar.failure);
    case "running":
      return status === undefined ? preparing("Starting the sidecar") : ofStatus(status);
    default:
      return assertNever(sidecar);
  }
}

function ofStatus(status: Status): ModelState {
  switch (status.phase) {
    case "preparing":
      return preparing(status.progress?.step ?? "Preparing the model", percentage(status.progress));
    case "loading":
      return preparing(status.progress?.step ?? "Loading the model", percentage(status.progress));
    case "ready":
      return {
        kind: "ready",
        model: status.model?.name ?? "",
        starter: status.model?.starter ?? false,
        accelerator: status.acceleratorName,
      };
    case "unavailable":
      return {
        kind: "unavailable",
        reason: status.reason ?? "No model is available.",
        remedy: status.remedy ?? null,
        commands: [
          { title: "Try again", command: "phiSidecar.tryAgain" },
          { title: "Switch accelerator", command: "phiSidecar.switchAccelerator" },
          showLog,
        ],
      };
    default:
      return assertNever(status.phase);
  }
}

function ofFailure({ reason, remedy, fixes }: Failure): ModelState {
  const commands = fixes.flatMap((fix) => offers[fix] ?? []);
  return { kind: "unavailable", reason, remedy, commands };
}

const preparing = (step: string, percent: number | null = null): ModelState => ({
  kind: "preparing",
  step,
  percentage: percent,
});

function percentage(progress: StepProgress | null | undefined): number | null {
  const { bytesDone, bytesTotal } = progress ?? {};
  return typeof bytesDone === "number" && typeof bytesTotal === "number" && bytesTotal > 0
    ? Math.min(100, Math.floor((100 * bytesDone) / bytesTotal))
    : null;
}
