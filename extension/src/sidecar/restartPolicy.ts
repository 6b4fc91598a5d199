export const maxRestarts = 3;
export const windowMs = 3 * 60_000;

// The first restart is at once: most often something killed the process and it starts well.
const delaysMs = [0, 1_000, 3_000] as const;

/** What to do about a crash; `crashes` is what to remember, as times of the clock. */
export type RestartDecision =
  | { readonly kind: "restart"; readonly delayMs: number; readonly crashes: readonly number[] }
  | { readonly kind: "giveUp"; readonly crashes: readonly number[] };

/** Decides whether to start again after a crash: so many times within a window, then no more. */
export function decideRestart(earlierCrashes: readonly number[], nowMs: number): RestartDecision {
  const recent = earlierCrashes.filter((at) => nowMs - at < windowMs);
  const crashes = [...recent, nowMs];
  if (recent.length >= maxRestarts) {
    return { kind: "giveUp", crashes };
  }
  return { kind: "restart", delayMs: delaysMs[recent.length] ?? 0, crashes };
}
