import { randomUUID } from "node:crypto";
import { ProgressLocation, type QuickPickItem, QuickPickItemKind, window } from "vscode";

import { isCancellation, toldBy } from "../errors";
import { Method } from "../generated/methods";
import type { Accelerator } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { steps } from "../sidecar/progressSteps";
import { rowsOf } from "./rows";

/** Lets the person pick an accelerator and switches to it. */
export async function switchAccelerator(connection: Connection): Promise<void> {
  const picked = await window.showQuickPick(
    // Handed over as a promise: the list opens at once and fills when the sidecar has looked.
    entriesFrom(connection),
    {
      title: "Phi Sidecar: Switch Accelerator",
      placeHolder: "What the model runs on",
      matchOnDescription: true,
      matchOnDetail: true,
    },
  );
  const accelerator = picked?.accelerator;
  if (accelerator === undefined || accelerator.active) {
    return;
  }
  if (!accelerator.usable && !accelerator.present) {
    await window.showWarningMessage(sentences(accelerator.reason, accelerator.remedy));
    return;
  }
  await selectAccelerator(connection, accelerator);
}

type Entry = QuickPickItem & { readonly accelerator?: Accelerator };

async function entriesFrom(connection: Connection): Promise<Entry[]> {
  const { accelerators } = await connection.request(Method.phiListAccelerators, {});
  const { usable, others } = rowsOf(accelerators);
  const separator = { label: "not usable as it is", kind: QuickPickItemKind.Separator };
  return others.length === 0 ? usable : [...usable, separator, ...others];
}

/** Asks for an accelerator and shows how far that has come; a cancel keeps the one there was. */
export async function selectAccelerator(
  connection: Connection,
  { id, name }: Pick<Accelerator, "id" | "name">,
): Promise<void> {
  const workDoneToken = randomUUID();
  const options = {
    location: ProgressLocation.Notification,
    title: `Phi Sidecar: ${name}`,
    cancellable: true,
  };
  await window.withProgress(options, async (progress, token) => {
    const tracking = connection.trackProgress(workDoneToken, steps(progress));
    try {
      const params = { accelerator: id, workDoneToken };
      await connection.request(Method.phiSelectAccelerator, params, token);
    } catch (error) {
      if (!isCancellation(error)) {
        const { message, remedy } = toldBy(error);
        // Not awaited: the progress would stay until the person closes the message.
        void window.showWarningMessage(sentences(message, remedy));
      }
    } finally {
      tracking.dispose();
    }
  });
}

const sentences = (reason: string | null | undefined, remedy: string | null | undefined) =>
  [reason ?? "It cannot be used on this machine.", remedy].filter(Boolean).join(" ");
