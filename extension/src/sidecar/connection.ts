import type { CancellationToken } from "vscode";

import type { Notifications, Requests } from "../generated/methods";
import type { SidecarSettings } from "../generated/protocol";
import type { Failure } from "./failure";

/** The requests that the editor may make; the others are between sidecar and worker. */
export type EditorMethod = Extract<keyof Requests, `phi/${string}`>;

/** Those of them whose answer may come in pieces. */
export type StreamedMethod = {
  [M in EditorMethod]: [Requests[M]["partialResult"]] extends [never] ? never : M;
}[EditorMethod];

/** What the editor tells without awaiting an answer. */
export type EditorNotification = Extract<keyof Notifications, `phi/completion${string}`>;

/** What hears of a streamed answer, and may end it. */
export interface Streaming<M extends StreamedMethod> {
  /** Hears each piece in its order, the last before the result. */
  piece(piece: Requests[M]["partialResult"]): void;
  readonly token?: CancellationToken;
}

/** How far a request has come, as LSP's work-done progress tells it. */
export interface WorkDone {
  readonly message?: string | undefined;
  /** From 0 to 100. */
  readonly percentage?: number | null | undefined;
}

/** A running sidecar. */
export interface Connection {
  /** Rejects when the sidecar answers with an error, or has gone. */
  request<M extends EditorMethod>(
    method: M,
    params: Requests[M]["params"],
    token?: CancellationToken,
  ): Promise<Requests[M]["result"]>;
  /** The same, with the answer in pieces as it comes. */
  stream<M extends StreamedMethod>(
    method: M,
    params: Requests[M]["params"],
    streaming: Streaming<M>,
  ): Promise<Requests[M]["result"]>;
  /** Rejects where the sidecar has gone. */
  notify<M extends EditorNotification>(
    method: M,
    params: Notifications[M]["params"],
  ): Promise<void>;
  sendSettings(settings: SidecarSettings): Promise<void>;
  /** Reports the progress of the request that carries this token, until disposed. */
  trackProgress(workDoneToken: string, report: (progress: WorkDone) => void): { dispose(): void };
  /** Resolves with how the process ended, when it has. */
  readonly ended: Promise<string>;
  /** Ends the process and resolves when it has gone; never rejects. */
  close(): Promise<void>;
}

/** What came of starting a sidecar. */
export type Connected =
  | { readonly kind: "connected"; readonly connection: Connection }
  /** Starting again may help. */
  | { readonly kind: "crashed"; readonly how: string }
  /** Starting again cannot help before the person did something. */
  | { readonly kind: "impossible"; readonly failure: Failure };
