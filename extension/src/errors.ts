// LSP's codes for a request that ended because nobody wants its answer any more.
const requestCancelled = -32800;
const contentModified = -32801;
const serverCancelled = -32802;
const unwanted: readonly unknown[] = [requestCancelled, contentModified, serverCancelled];

// vscode-jsonrpc's own codes for a request whose connection has gone, or was never there.
const pendingResponseRejected = -32097;
const connectionInactive = -32096;
const disconnected: readonly unknown[] = [pendingResponseRejected, connectionInactive];

/** What an error that the sidecar answered with tells the person. */
export interface Told {
  readonly message: string;
  readonly remedy: string | undefined;
}

/** Whether a request ended because it was cancelled. */
export function isCancellation(error: unknown): boolean {
  return unwanted.includes(field(error, "code"));
}

/** Whether a request ended because there is no sidecar any more. */
export function isDisconnection(error: unknown): boolean {
  return disconnected.includes(field(error, "code"));
}

/** Names an error without its message, which is not ours to put into the log. */
export function describeError(error: unknown): string {
  const code = field(error, "code");
  if (typeof code === "number" || typeof code === "string") {
    return `code ${code}`;
  }
  return error instanceof Error ? error.name : typeof error;
}

/** Takes the message and the remedy out of a rejected request. */
export function toldBy(error: unknown): Told {
  if (isDisconnection(error)) {
    // The library's own words are about connections, which nobody sees.
    return {
      message: "The sidecar ended before it had answered.",
      remedy: "It starts again by itself; try again then.",
    };
  }
  const message = field(error, "message");
  const remedy = field(field(error, "data"), "remedy");
  return {
    message: typeof message === "string" ? message : String(error),
    remedy: typeof remedy === "string" ? remedy : undefined,
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
