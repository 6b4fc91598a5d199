import type { Progress } from "vscode";

import { notificationText } from "../notificationText";
import type { WorkDone } from "./connection";

/**
 * Turns LSP's percentages, which are totals, into the editor's, which are increments.
 *
 * Without a percentage no increment is told: even one of 0 would make an endless bar an empty one.
 */
export function steps(
  progress: Progress<{ message?: string; increment?: number }>,
): (step: WorkDone) => void {
  let reached = 0;
  return ({ message, percentage }) => {
    // A step names the model, and people name what they import.
    const told = message === undefined ? {} : { message: notificationText(message) };
    if (percentage === undefined || percentage === null) {
      progress.report(told);
      return;
    }
    const increment = Math.max(percentage - reached, 0);
    reached += increment;
    progress.report({ ...told, increment });
  };
}
