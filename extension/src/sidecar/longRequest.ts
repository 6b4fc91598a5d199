import { randomUUID } from "node:crypto";
import {
  type CancellationToken,
  CancellationTokenSource,
  type Progress,
  ProgressLocation,
  window,
} from "vscode";

import type { Requests } from "../generated/methods";
import { notificationText } from "../notificationText";
import type { Connection } from "./connection";
import { type Outcome, outcomeOf } from "./outcome";
import { steps } from "./progressSteps";

/** The requests that tell their steps. */
export type LongMethod =
  | "phi/selectAccelerator"
  | "phi/measureAccelerators"
  | "phi/prepareModel"
  | "phi/prepareEnvironment";

export interface LongRequest<M extends LongMethod> {
  readonly method: M;
  readonly params: Omit<Requests[M]["params"], "workDoneToken">;
}

export interface Watching {
  readonly progress: Progress<{ message?: string; increment?: number }>;
  readonly token: CancellationToken;
  /** Ends it as well. */
  readonly signal?: AbortSignal;
}

/** Makes a long request, telling its steps; never rejects. */
export async function longRequest<M extends LongMethod>(
  connection: Connection,
  { method, params }: LongRequest<M>,
  { progress, token, signal }: Watching,
): Promise<Outcome<Requests[M]["result"]>> {
  if (token.isCancellationRequested || signal?.aborted) {
    return { kind: "ended" };
  }
  const source = new CancellationTokenSource();
  const end = () => source.cancel();
  const listening = token.onCancellationRequested(end);
  signal?.addEventListener("abort", end, { once: true });
  const workDoneToken = randomUUID();
  const tracking = connection.trackProgress(workDoneToken, steps(progress));
  try {
    // The compiler does not see that the parts make the whole again.
    const whole = { ...params, workDoneToken } as Requests[M]["params"];
    return { kind: "done", result: await connection.request(method, whole, source.token) };
  } catch (error) {
    return outcomeOf(error, { ended: source.token.isCancellationRequested });
  } finally {
    tracking.dispose();
    listening.dispose();
    signal?.removeEventListener("abort", end);
    source.dispose();
  }
}

/** The same in a notification with a Cancel button. */
export async function longRequestShown<M extends LongMethod>(
  connection: Connection,
  title: string,
  request: LongRequest<M>,
): Promise<Outcome<Requests[M]["result"]>> {
  const options = {
    location: ProgressLocation.Notification,
    title: notificationText(title),
    cancellable: true,
  };
  return await window.withProgress(options, (progress, token) =>
    longRequest(connection, request, { progress, token }),
  );
}
