import { isCancellation, toldBy } from "../errors";
import { ErrorCode, Method } from "../generated/methods";
import type { ChatParams, ChatResult } from "../generated/protocol";
import type { Connection, Streaming } from "../sidecar/connection";
import { type Readiness, Unavailable } from "./readiness";

/** How an answer ended. */
export type Ending =
  | { readonly kind: "result"; readonly result: ChatResult }
  /** It was stopped before there was anything to report. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly reason: string; readonly remedy: string | null };

type CancellationToken = NonNullable<Streaming<"phi/chat">["token"]>;

/** What ends a request early, in the form that the editor's API wants. */
export interface Cancellation {
  readonly token: CancellationToken;
  cancel(): void;
  dispose(): void;
}

/** What asking needs of the world. */
export interface AnsweringWorld {
  readonly readiness: Readiness;
  cancellation(): Cancellation;
  /** Resolves after a time, or as soon as the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
}

/** A stop and the pieces of one answer. */
export interface Listening {
  piece(text: string): void;
  /** Aborted when the person presses stop. */
  readonly signal: AbortSignal;
}

// How long the news of a state may lag behind an error that comes of it.
const newsLagMs = 1_500;

/**
 * Asks for an answer once a model is there; never rejects.
 *
 * A stop ends the wait at once. Once asked, the sidecar tells what came: only it knows how fast.
 */
export async function answer(
  world: AnsweringWorld,
  params: ChatParams,
  listening: Listening,
): Promise<Ending> {
  try {
    for (;;) {
      const connection = await world.readiness.untilReady(listening.signal);
      const asked = await askOnce({ world, connection, params, listening });
      if (asked !== "notReady") {
        return asked;
      }
    }
  } catch (error) {
    if (listening.signal.aborted) {
      return { kind: "stopped" };
    }
    return error instanceof Unavailable
      ? { kind: "failed", reason: error.message, remedy: error.remedy }
      : failed(error);
  }
}

interface Asking {
  readonly world: AnsweringWorld;
  readonly connection: Connection;
  readonly params: ChatParams;
  readonly listening: Listening;
}

async function askOnce(asking: Asking): Promise<Ending | "notReady"> {
  const { world, connection, listening } = asking;
  const cancellation = world.cancellation();
  const cancel = () => cancellation.cancel();
  listening.signal.addEventListener("abort", cancel, { once: true });
  try {
    return await Promise.race([
      requested(asking, cancellation.token),
      connection.ended.then((how) => gone(how)),
    ]);
  } catch (error) {
    if (isCancellation(error)) {
      return { kind: "stopped" };
    }
    if (codeOf(error) === ErrorCode.notReady && (await newsCame(world, listening.signal))) {
      return "notReady";
    }
    if (!isOurs(error)) {
      // Its connection breaks before the process is known to have ended.
      const how = await Promise.race([connection.ended, world.sleep(newsLagMs, listening.signal)]);
      if (how !== undefined) {
        return gone(how);
      }
    }
    return failed(error);
  } finally {
    listening.signal.removeEventListener("abort", cancel);
    cancellation.dispose();
  }
}

async function requested(
  { connection, params, listening }: Asking,
  token: CancellationToken,
): Promise<Ending> {
  const result = await connection.stream(Method.phiChat, params, {
    piece: ({ text }) => {
      if (text !== "") {
        listening.piece(text);
      }
    },
    token,
  });
  return { kind: "result", result };
}

/**
 * Waits for what a sidecar says that was ready and then was not, such as that its worker died.
 *
 * Without such news asking again would only be refused again.
 */
async function newsCame({ readiness, sleep }: AnsweringWorld, stop: AbortSignal): Promise<boolean> {
  if (readiness.model.kind !== "ready") {
    return true;
  }
  const late = new AbortController();
  const end = AbortSignal.any([stop, late.signal]);
  const lag = sleep(newsLagMs, end).then(() => late.abort());
  await Promise.race([readiness.nextChange(end), lag]);
  const came = !end.aborted;
  late.abort();
  return came || stop.aborted;
}

const gone = (how: string): Ending => ({
  kind: "failed",
  reason: `The sidecar stopped while this was being answered: it ${how}.`,
  remedy: "It is started again by itself. Then choose Try again.",
});

function failed(error: unknown): Ending {
  const { message, remedy } = toldBy(error);
  return { kind: "failed", reason: message, remedy: remedy ?? null };
}

const isOurs = (error: unknown) => Object.values<unknown>(ErrorCode).includes(codeOf(error));

const codeOf = (error: unknown) => (error as { code?: unknown } | null)?.code;
