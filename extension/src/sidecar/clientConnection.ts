import { randomUUID } from "node:crypto";

import type { CancellationToken } from "vscode";
import {
  type LanguageClient,
  type ProgressToken,
  ProgressType,
  WorkDoneProgress,
} from "vscode-languageclient/node";

import type { Notifications, Requests } from "../generated/methods";
import type { SidecarSettings } from "../generated/protocol";
import { after } from "../time";
import type {
  Connection,
  EditorMethod,
  EditorNotification,
  StreamedMethod,
  Streaming,
  WorkDone,
} from "./connection";
import type { SidecarProcess } from "./process";

// The editor leaves an extension five seconds to end.
const shutdownTimeoutMs = 2_000;
const graceMs = 1_500;

/** A running sidecar behind a language client. */
export class ClientConnection implements Connection {
  readonly ended: Promise<string>;
  readonly #client: LanguageClient;
  readonly #sidecar: SidecarProcess;
  readonly #tracked: Set<ProgressToken>;

  /** @param tracked the tokens whose progress somebody of ours shows; kept up to date. */
  constructor(
    client: LanguageClient,
    sidecar: SidecarProcess,
    ended: Promise<string>,
    tracked: Set<ProgressToken>,
  ) {
    this.#client = client;
    this.#sidecar = sidecar;
    this.#tracked = tracked;
    this.ended = ended;
  }

  request<M extends EditorMethod>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
  ): Promise<Requests[M]["result"]> {
    return token === undefined
      ? this.#client.sendRequest<Requests[M]["result"]>(method, params)
      : this.#client.sendRequest<Requests[M]["result"]>(method, params, token);
  }

  async stream<M extends StreamedMethod>(
    method: M,
    params: Requests[M]["params"],
    { piece, token }: Streaming<M>,
  ): Promise<Requests[M]["result"]> {
    const partialResultToken = randomUUID();
    const listening = this.#client.onProgress(
      new ProgressType<Requests[M]["partialResult"]>(),
      partialResultToken,
      piece,
    );
    try {
      return await this.request(method, { ...params, partialResultToken }, token);
    } finally {
      listening.dispose();
    }
  }

  notify<M extends EditorNotification>(
    method: M,
    params: Notifications[M]["params"],
  ): Promise<void> {
    return this.#client.sendNotification(method, params);
  }

  sendSettings(settings: SidecarSettings): Promise<void> {
    const params = { settings: { phiSidecar: settings } };
    return this.#client.sendNotification("workspace/didChangeConfiguration", params);
  }

  trackProgress(workDoneToken: string, report: (progress: WorkDone) => void): { dispose(): void } {
    this.#tracked.add(workDoneToken);
    const listening = this.#client.onProgress(WorkDoneProgress.type, workDoneToken, (message) => {
      if (message.kind !== "end") {
        report(message);
      }
    });
    return {
      dispose: () => {
        listening.dispose();
        this.#tracked.delete(workDoneToken);
      },
    };
  }

  async close(): Promise<void> {
    // A sidecar that does not answer is ended by force below.
    await this.#client.stop(shutdownTimeoutMs).catch(() => undefined);
    const gone = await Promise.race([this.ended.then(() => true), after(graceMs, false)]);
    if (!gone) {
      this.#sidecar.kill();
      await this.ended;
    }
  }
}
