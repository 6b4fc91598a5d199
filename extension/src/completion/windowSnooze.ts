import { commands, type Memento } from "vscode";

import { later } from "../time";
import { Snooze } from "./snooze";

const key = "completion.snoozedUntilMs";

/**
 * Makes this window's snooze, which goes on where it was before a reload.
 *
 * Other windows are left alone: it is the work in this one that is not to be disturbed.
 */
export function windowSnooze(memory: Memento, changed: () => void): Snooze {
  const snooze = new Snooze(
    {
      nowMs: Date.now,
      after: later,
      keep: (untilMs) => void memory.update(key, untilMs),
      changed: () => {
        told();
        changed();
      },
    },
    memory.get(key),
  );
  const told = () =>
    void commands.executeCommand("setContext", "phiSidecar.snoozed", snooze.untilMs !== undefined);
  told();
  return snooze;
}
