import { window } from "vscode";

import { snoozeMinutes } from "./snooze";

/** Lets the person say how long to snooze, in minutes; undefined when they do not. */
export async function pickMinutes(): Promise<number | undefined> {
  const rows = snoozeMinutes.map((minutes) => ({
    label: minutes === 60 ? "1 hour" : `${minutes} minutes`,
    minutes,
  }));
  const picked = await window.showQuickPick(rows, {
    title: "Phi Sidecar: Snooze Completions",
    placeHolder: "Pause suggestions in this window for",
  });
  return picked?.minutes;
}
