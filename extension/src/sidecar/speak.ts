import type { LanguageClient, ProgressToken } from "vscode-languageclient/node";

import { Method } from "../generated/methods";
import type { Status } from "../generated/protocol";
import { after } from "../time";
import { createClient } from "./client";
import { ClientConnection } from "./clientConnection";
import type { Connected } from "./connection";
import type { Editor } from "./editor";
import type { SidecarProcess } from "./process";
import { WorkDoneNotifications } from "./workDone";

// A cold start reads some thousand files, which a virus scanner can hold up.
const startTimeoutMs = 90_000;
// How long the end of the process may lag behind the end of its output.
const exitLagMs = 1_500;

/** Speaks LSP to a process just started, and waits until it answers. */
export async function speakTo(
  sidecar: SidecarProcess,
  editor: Editor,
  signal: AbortSignal,
): Promise<Connected> {
  const tracked = new Set<ProgressToken>();
  const notifications = new WorkDoneNotifications((token) => {
    // A sidecar that has gone has nothing left to cancel.
    client.sendNotification("window/workDoneProgress/cancel", { token }).catch(() => undefined);
  });
  const client: LanguageClient = createClient({
    process: sidecar,
    log: editor.log,
    initializationOptions: { ownInlineCompletion: true, settings: editor.settings() },
    handleWorkDoneProgress: (token, message, next) => {
      if (!tracked.has(token)) {
        notifications.handle(token, message);
      }
      // The client's own display is left out, but it must hear of the end to forget the token.
      if (tracked.has(token) || message.kind === "end") {
        next(token, message);
      }
    },
  });
  client.onNotification(Method.phiDidChangeStatus, (status: Status) => {
    editor.statusChanged(status);
  });
  const ended = sidecar.ended.then((how) => {
    notifications.closeAll();
    editor.log.info(`The sidecar ${how}.`);
    return how;
  });

  const failure = await firstFailure(client, ended, signal);
  if (failure !== undefined) {
    sidecar.kill();
    await ended;
    return { kind: "crashed", how: failure };
  }
  const connection = new ClientConnection(client, sidecar, ended, tracked);
  connection.request(Method.phiStatus, {}).then(
    (status) => editor.statusChanged(status),
    () => editor.log.error("The sidecar did not tell its status."),
  );
  return { kind: "connected", connection };
}

/** Waits until it answers, or ends, takes too long, or is no longer wanted: says which. */
async function firstFailure(
  client: LanguageClient,
  ended: Promise<string>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const started = client.start().then(
    () => undefined,
    // How the process ended says more than that its output did.
    (error: unknown) =>
      Promise.race([ended, after(exitLagMs, `could not be spoken to (${String(error)})`)]),
  );
  const unwanted = new Promise<string>((resolve) => {
    const tell = () => resolve("was no longer wanted");
    signal.addEventListener("abort", tell, { once: true });
    if (signal.aborted) {
      tell();
    }
  });
  const late = after(startTimeoutMs, `did not answer within ${startTimeoutMs / 1000} s`);
  return Promise.race([started, ended, unwanted, late]);
}
