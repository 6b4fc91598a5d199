import type { Status } from "../generated/protocol";

/** What the person is told when there is no model to answer. */
export interface Notice {
  readonly message: string;
  readonly accelerator: string;
  readonly acceleratorName: string;
}

/** Says what to tell when the status changes: once each time it becomes unavailable. */
export function noticeOf(before: Status | undefined, now: Status): Notice | undefined {
  if (now.phase !== "unavailable" || !now.reason) {
    return undefined;
  }
  if (before?.phase === "unavailable" && before.reason === now.reason) {
    return undefined;
  }
  return {
    message: [now.reason, now.remedy].filter(Boolean).join(" "),
    accelerator: now.accelerator,
    acceleratorName: now.acceleratorName,
  };
}
