import { isCancellation, toldBy } from "../errors";

/** What came of a switch. */
export type Outcome =
  | { readonly kind: "switched"; readonly acceleratorName: string }
  /** The person ended it, or took another one meanwhile. */
  | { readonly kind: "ended" }
  /** In sentences: why, what answers now, and what helps. */
  | { readonly kind: "failed"; readonly message: string };

/** Says what came of a switch whose request was rejected. */
export function outcomeOf(error: unknown, { ended }: { readonly ended: boolean }): Outcome {
  // Whatever the sidecar says about a switch that nobody waits for, it is no news.
  if (ended || isCancellation(error)) {
    return { kind: "ended" };
  }
  const { message, remedy } = toldBy(error);
  return { kind: "failed", message: [message, remedy].filter(Boolean).join(" ") };
}
