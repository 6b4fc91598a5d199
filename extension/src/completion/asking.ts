import type { CancellationToken } from "vscode";

import { describeError } from "../errors";
import { Method, TriggerKind } from "../generated/methods";
import type { InlineCompletionResult, Position } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";

/** A place where a completion is wanted. */
export interface Question {
  /** The living document: its version moves on while the answer is awaited. */
  readonly document: { readonly uri: { toString(): string }; readonly version: number };
  readonly position: Position;
  readonly triggerKind: TriggerKind;
  readonly traceId: string;
}

/** What asking needs of the editor. */
export interface Surroundings {
  /** A cancel of our own: not every cancel of the editor's ends a request. */
  cancellation(): { readonly token: CancellationToken; cancel(): void };
  /** Whether the person's cursor is at this place. */
  isThere(question: Question): boolean;
  /** Has the editor ask once more where the cursor is. */
  askAgain(): void;
  /** Hears whether the sidecar works on something, whenever that changes. */
  underWay(now: boolean): void;
  /** Hears each answer that was not cancelled, wanted still or not. */
  answered(result: InlineCompletionResult, tookMs: number): void;
  nowMs(): number;
  /** Calls back once after the time. */
  after(durationMs: number, call: () => void): void;
  warn(message: string): void;
}

/**
 * When the editor may give a call up while its answer is on the way, counted from the call.
 *
 * It does not say what became of an answer, and a busy machine shifts its 750 ms to both sides.
 */
const crossing = { fromMs: 500, toMs: 1_000 };
/** By then an answer that was not given up is shown, and asking again changes nothing. */
const shownWithinMs = 150;

/** Undefined where it failed or was cancelled. */
type Answer = InlineCompletionResult | undefined;

/** A request that the sidecar works on. */
interface Request {
  readonly connection: Pick<Connection, "request">;
  readonly question: Question;
  /** The version that was asked about. */
  readonly version: number;
  readonly answer: Promise<Answer>;
  /** Whether the editor gave up a call that waited for it. */
  givenUp: boolean;
  /** Whether the person said that they want nothing: it is not brought to notice again. */
  dropped: boolean;
  cancel(): void;
}

/**
 * Asks the sidecar, one place at a time.
 *
 * After a letter of a word the editor waits 750 ms for ghost text; then it drops the call, opens
 * its own list of completions, and does not ask for ghost text again before the next key. Such a
 * request goes on here, and what comes of it is brought to the editor's notice.
 */
export class Asking {
  readonly #surroundings: Surroundings;
  #underWay: Request | undefined;
  /** The newest, also when it has its answer. */
  #newest: Request | undefined;

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  /** Asks; there is no answer where it came too late, and where the request failed. */
  async ask(
    connection: Pick<Connection, "request">,
    question: Question,
    token: CancellationToken,
  ): Promise<Answer> {
    const calledMs = this.#surroundings.nowMs();
    const request = this.#joined(connection, question) ?? this.#begin(connection, question);
    const answer = await untilCancelled(request.answer, token);
    if (token.isCancellationRequested) {
      this.#leave(request);
      return undefined;
    }
    const tookMs = this.#surroundings.nowMs() - calledMs;
    if (tookMs >= crossing.fromMs && tookMs <= crossing.toMs) {
      this.#surroundings.after(shownWithinMs, () => this.#leave(request));
    }
    return question.document.version === request.version ? answer : undefined;
  }

  /** Ends what is under way, for the person wants nothing now; returns its trace id. */
  drop(): string | undefined {
    const request = this.#underWay;
    if (request !== undefined) {
      this.#end(request);
    }
    if (this.#newest !== undefined) {
      this.#newest.dropped = true;
    }
    return request?.question.traceId;
  }

  /** Hears that the cursor moved: what the editor gave up for a place that was left ends. */
  moved(): void {
    const request = this.#underWay;
    if (request?.givenUp && !this.#surroundings.isThere(request.question)) {
      this.#end(request);
    }
  }

  /** The request under way, if it is for this very place and no less than what is asked. */
  #joined(connection: Pick<Connection, "request">, question: Question): Request | undefined {
    const request = this.#underWay;
    const { document, position, triggerKind } = question;
    return request !== undefined &&
      request.connection === connection &&
      request.question.document === document &&
      request.version === document.version &&
      request.question.position.line === position.line &&
      request.question.position.character === position.character &&
      (request.question.triggerKind === triggerKind || triggerKind === TriggerKind.automatic)
      ? request
      : undefined;
  }

  #begin(connection: Pick<Connection, "request">, question: Question): Request {
    const before = this.#underWay;
    before?.cancel();
    const cancellation = this.#surroundings.cancellation();
    const request: Request = {
      connection,
      question,
      version: question.document.version,
      answer: this.#answer(connection, question, cancellation.token).finally(() =>
        this.#forget(request),
      ),
      givenUp: false,
      dropped: false,
      cancel: () => cancellation.cancel(),
    };
    this.#underWay = request;
    this.#newest = request;
    if (before === undefined) {
      this.#surroundings.underWay(true);
    }
    return request;
  }

  async #answer(
    connection: Pick<Connection, "request">,
    { document, position, triggerKind, traceId }: Question,
    token: CancellationToken,
  ): Promise<Answer> {
    const beganMs = this.#surroundings.nowMs();
    const textDocument = { uri: document.uri.toString(), version: document.version };
    const params = { textDocument, position, triggerKind, traceId };
    try {
      const result = await connection.request(Method.phiInlineCompletion, params, token);
      if (token.isCancellationRequested) {
        return undefined;
      }
      this.#surroundings.answered(result, this.#surroundings.nowMs() - beganMs);
      return result;
    } catch (error) {
      // A cancel ends the request with an error too; that one is as it should be.
      if (!token.isCancellationRequested) {
        this.#surroundings.warn(`Completion ${traceId} failed: ${describeError(error)}`);
      }
      return undefined;
    }
  }

  /** Goes on with what the editor gave up, or may have, where the person waits for what comes by itself. */
  #leave(request: Request): void {
    const { question } = request;
    if (question.triggerKind === TriggerKind.invoked || !this.#isWanted(request)) {
      this.#end(request);
      return;
    }
    if (request.givenUp) {
      return;
    }
    request.givenUp = true;
    void request.answer.then((answer) => {
      if (answer !== undefined && answer.items.length > 0 && this.#isWanted(request)) {
        this.#surroundings.askAgain();
      }
    });
  }

  /** Whether nothing was typed since, and the cursor did not go elsewhere. */
  #isWanted({ question, version, dropped }: Request): boolean {
    return (
      !dropped && question.document.version === version && this.#surroundings.isThere(question)
    );
  }

  #end(request: Request): void {
    request.cancel();
    this.#forget(request);
  }

  #forget(request: Request): void {
    if (this.#underWay === request) {
      this.#underWay = undefined;
      this.#surroundings.underWay(false);
    }
  }
}

/** Waits for an answer; undefined where the cancel came first. */
async function untilCancelled<T>(
  answer: Promise<T>,
  token: CancellationToken,
): Promise<T | undefined> {
  let listening: { dispose(): void } | undefined;
  const cancelled = new Promise<undefined>((resolve) => {
    listening = token.onCancellationRequested(() => resolve(undefined));
  });
  try {
    return await Promise.race([answer, cancelled]);
  } finally {
    listening?.dispose();
  }
}
