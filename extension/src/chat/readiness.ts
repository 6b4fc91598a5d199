import type { Status } from "../generated/protocol";
import type { Better } from "../offering/better";
import type { Connection } from "../sidecar/connection";
import type { SidecarState } from "../sidecar/supervisor";
import { modelState } from "./panel/modelState";
import type { ModelState } from "./panel/panelMessages";

/** Nothing will answer before the person did something. */
export class Unavailable extends Error {
  readonly remedy: string | null;

  constructor(reason: string, remedy: string | null) {
    super(reason);
    this.remedy = remedy;
  }
}

/** Knows whether there is a model to answer, and lets others wait for one. */
export class Readiness {
  #sidecar: SidecarState = { kind: "stopped" };
  #status: Status | undefined;
  readonly #listeners = new Set<() => void>();
  /** What there is in the starter's place; undefined for nothing. */
  better: Better | undefined;

  get model(): ModelState {
    return modelState(this.#sidecar, this.#status);
  }

  get connection(): Connection | undefined {
    return this.#sidecar.kind === "running" ? this.#sidecar.connection : undefined;
  }

  update(sidecar: SidecarState, status: Status | undefined): void {
    this.#sidecar = sidecar;
    this.#status = status;
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  /** Resolves with the sidecar once a model answers; rejects where none will, or on the signal. */
  async untilReady(signal: AbortSignal): Promise<Connection> {
    for (;;) {
      signal.throwIfAborted();
      const { model, connection } = this;
      if (model.kind === "unavailable") {
        throw new Unavailable(model.reason, model.remedy);
      }
      if (model.kind === "ready" && connection !== undefined) {
        return connection;
      }
      await this.nextChange(signal);
    }
  }

  /** Resolves with the next news, or on the signal. */
  nextChange(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const heard = () => {
        this.#listeners.delete(heard);
        signal.removeEventListener("abort", heard);
        resolve();
      };
      this.#listeners.add(heard);
      signal.addEventListener("abort", heard, { once: true });
      if (signal.aborted) {
        heard();
      }
    });
  }
}
