import { isCancellation, toldBy } from "../errors";

/** What came of a request that was rejected. */
export type Ended =
  /** The person ended it, or wanted something else meanwhile. */
  | { readonly kind: "ended" }
  /** In sentences: why, what answers now, and what helps. */
  | { readonly kind: "failed"; readonly message: string };

/** What came of a long request. */
export type Outcome<Result> = { readonly kind: "done"; readonly result: Result } | Ended;

/** Says what came of a request that was rejected. */
export function outcomeOf(error: unknown, { ended }: { readonly ended: boolean }): Ended {
  // Whatever the sidecar says about work that nobody waits for, it is no news.
  if (ended || isCancellation(error)) {
    return { kind: "ended" };
  }
  const { message, remedy } = toldBy(error);
  return { kind: "failed", message: [message, remedy].filter(Boolean).join(" ") };
}
