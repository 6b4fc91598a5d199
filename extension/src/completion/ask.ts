import type { CancellationToken } from "vscode";

import { describeError } from "../errors";
import { Method, type TriggerKind } from "../generated/methods";
import type { InlineCompletionItem, Position } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";

/** A place where a completion is wanted. */
export interface Question {
  /** The living document: its version moves on while the answer is awaited. */
  readonly document: { readonly uri: { toString(): string }; readonly version: number };
  readonly position: Position;
  readonly triggerKind: TriggerKind;
  readonly traceId: string;
}

/** Asks the sidecar; an answer that came too late is empty, and so is one that failed. */
export async function ask(
  connection: Pick<Connection, "request">,
  { document, position, triggerKind, traceId }: Question,
  token: CancellationToken,
  warn: (message: string) => void,
): Promise<readonly InlineCompletionItem[]> {
  const { version } = document;
  try {
    const textDocument = { uri: document.uri.toString(), version };
    const params = { textDocument, position, triggerKind, traceId };
    const { items } = await connection.request(Method.phiInlineCompletion, params, token);
    return token.isCancellationRequested || document.version !== version ? [] : items;
  } catch (error) {
    // A cancel ends the request with an error too; that one is as it should be.
    if (!token.isCancellationRequested) {
      warn(`Completion ${traceId} failed: ${describeError(error)}`);
    }
    return [];
  }
}
