import type { Progress } from "vscode";

import { notificationText } from "../notificationText";
import type { WorkDone } from "./connection";

/**
 * Turns LSP's percentages, which are totals of one stretch, into the editor's increments.
 *
 * Work has several stretches, such as the download of a runtime and then of a model, and nobody knows
 * beforehand how many. So the bar is that of the stretch under way, as the text beside it is: where one
 * begins, or nobody knows how far it is, all that was told is taken back. The editor takes that as
 * a return to an endless bar, and fills it from its beginning with the next increment. Without
 * a percentage no increment is told: even one of 0 would make an endless bar an empty one.
 */
export function steps(
  progress: Progress<{ message?: string; increment?: number }>,
): (step: WorkDone) => void {
  let reached = 0;
  return ({ message, percentage }) => {
    // A step names the model, and people name what they import.
    const told = message === undefined ? {} : { message: notificationText(message) };
    const known = percentage ?? undefined;
    if (reached > 0 && (known === undefined || known < reached)) {
      progress.report({ ...told, increment: -reached });
      // How far the new stretch is comes with its next step: an increment at once would be added to
      // what is taken back.
      reached = 0;
    } else if (known === undefined) {
      progress.report(told);
    } else {
      progress.report({ ...told, increment: known - reached });
      reached = known;
    }
  };
}
