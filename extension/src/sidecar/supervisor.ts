import { assertNever } from "../assertNever";
import type { Connected, Connection } from "./connection";
import type { Failure } from "./failure";
import { decideRestart, maxRestarts, windowMs } from "./restartPolicy";

/** Whether there is a sidecar. */
export type SidecarState =
  | { readonly kind: "stopped" }
  | { readonly kind: "starting" }
  | { readonly kind: "running"; readonly connection: Connection }
  | { readonly kind: "failed"; readonly failure: Failure };

/** What the supervisor needs of the world. */
export interface Surroundings {
  /** Starts a sidecar; when the signal is aborted it ends what it began. Never rejects. */
  connect(signal: AbortSignal): Promise<Connected>;
  nowMs(): number;
  /** Resolves after the time, or as soon as the signal is aborted. */
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  /** Hears every change of the state. */
  changed(state: SidecarState): void;
}

/** Keeps one sidecar running. */
export class Supervisor {
  readonly #surroundings: Surroundings;
  #state: SidecarState = { kind: "stopped" };
  #crashes: readonly number[] = [];
  #transition: Promise<void> = Promise.resolve();
  #wanted = new AbortController();

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings;
  }

  get state(): SidecarState {
    return this.#state;
  }

  /** The running sidecar, if there is one. */
  get connection(): Connection | undefined {
    return this.#state.kind === "running" ? this.#state.connection : undefined;
  }

  /** Ends the sidecar, if there is one, and starts a new one; earlier crashes are forgotten. */
  restart(): Promise<void> {
    return this.#supersede(async (signal) => {
      await this.#end();
      this.#crashes = [];
      await this.#launch(signal);
    });
  }

  /** Ends the sidecar; resolves when its process has gone. */
  stop(): Promise<void> {
    return this.#supersede(async () => {
      await this.#end();
      this.#become({ kind: "stopped" });
    });
  }

  /** Breaks off the start or the wait under way, whose outcome nobody wants any more. */
  #supersede(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    this.#wanted.abort();
    this.#wanted = new AbortController();
    return this.#enqueue(step);
  }

  /** Queues a step behind the one under way: two transitions must never overlap. */
  #enqueue(step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#wanted;
    const run = () => (signal.aborted ? undefined : step(signal));
    this.#transition = this.#transition.then(run, run);
    return this.#transition;
  }

  async #launch(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.#become({ kind: "starting" });
      const outcome = await this.#surroundings.connect(signal);
      switch (outcome.kind) {
        case "connected":
          await this.#adopt(outcome.connection, signal);
          return;
        case "impossible":
          if (signal.aborted) {
            return;
          }
          this.#become({ kind: "failed", failure: outcome.failure });
          return;
        case "crashed":
          if (signal.aborted || !(await this.#mayRestart(outcome.how, signal))) {
            return;
          }
          break;
        default:
          assertNever(outcome);
      }
    }
  }

  async #adopt(connection: Connection, signal: AbortSignal): Promise<void> {
    if (signal.aborted) {
      await connection.close();
      return;
    }
    this.#become({ kind: "running", connection });
    void connection.ended.then((how) =>
      this.#enqueue(async (current) => {
        // One that was ended on purpose is no longer the state's.
        if (this.connection === connection && (await this.#mayRestart(how, current))) {
          await this.#launch(current);
        }
      }),
    );
  }

  async #mayRestart(how: string, signal: AbortSignal): Promise<boolean> {
    const decision = decideRestart(this.#crashes, this.#surroundings.nowMs());
    this.#crashes = decision.crashes;
    if (decision.kind === "giveUp") {
      this.#become({ kind: "failed", failure: tooManyCrashes(how) });
      return false;
    }
    this.#become({ kind: "starting" });
    await this.#surroundings.sleep(decision.delayMs, signal);
    return !signal.aborted;
  }

  async #end(): Promise<void> {
    const connection = this.connection;
    if (connection !== undefined) {
      this.#become({ kind: "stopped" });
      await connection.close();
    }
  }

  #become(state: SidecarState): void {
    this.#state = state;
    this.#surroundings.changed(state);
  }
}

function tooManyCrashes(how: string): Failure {
  const minutes = windowMs / 60_000;
  return {
    reason: `The sidecar stopped ${maxRestarts + 1} times within ${minutes} minutes; the last time it ${how}.`,
    remedy: "Look into the log for the cause, then restart it.",
    fixes: ["restart", "showLog"],
  };
}
