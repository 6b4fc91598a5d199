import { assertNever } from "../assertNever";
import type { Failure } from "../sidecar/failure";
import type { SidecarState } from "../sidecar/supervisor";

/** Says why there is no sidecar to ask; a new start is always among what helps. */
export function notRunning(state: Exclude<SidecarState, { kind: "running" }>): Failure {
  switch (state.kind) {
    case "failed": {
      const { failure } = state;
      return failure.fixes.includes("restart")
        ? failure
        : { ...failure, fixes: [...failure.fixes, "restart"] };
    }
    case "starting":
      return {
        reason: "It is still starting.",
        remedy: "Try again in a moment.",
        fixes: ["restart", "showLog"],
      };
    case "stopped":
      return {
        reason: "It is not running.",
        remedy: "Restart it, then try again.",
        fixes: ["restart", "showLog"],
      };
    default:
      return assertNever(state);
  }
}
