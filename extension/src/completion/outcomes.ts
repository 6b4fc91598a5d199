import type { CompletionOutcome, InlineCompletionResult } from "../generated/protocol";

/** What each outcome is called where it is told to the person. */
export const outcomeWords: Readonly<Record<CompletionOutcome, string>> = {
  suggested: "Suggested",
  nothingToAdd: "The model had nothing to add",
  filtered: "What the model wrote was not fit to be shown",
  notReady: "No model was ready",
  stale: "The text had changed meanwhile",
  superseded: "You typed on",
  languageOff: "Completions are off here",
  excludedFile: "The file is never read",
  unsuitablePlace: "Not a place to suggest at",
  unsure: "The model was not sure enough",
  backedOff: "Quiet after you dismissed one",
};

/** The newest completion that is worth a word. */
export type LastCompletion =
  | {
      readonly kind: "suggested";
      readonly tookMs: number;
      /** Undefined where nothing was computed for it. */
      readonly computed?: { readonly tokens: number; readonly reusedShare: number };
    }
  | { readonly kind: "none"; readonly reason: string };

/**
 * Says what came of a request; undefined where the person simply typed on.
 *
 * @param tookMs from the request to its answer, as the editor saw it.
 */
export function lastCompletionOf(
  { outcome, detail, fromCache, metrics }: InlineCompletionResult,
  tookMs: number,
): LastCompletion | undefined {
  switch (outcome) {
    case "stale":
    case "superseded":
      return undefined;
    case "suggested":
      return {
        kind: "suggested",
        tookMs,
        ...(metrics &&
          fromCache !== true && {
            computed: {
              tokens: metrics.completionTokens,
              reusedShare: metrics.cachedTokens / Math.max(1, metrics.promptTokens),
            },
          }),
      };
    default:
      return { kind: "none", reason: detail ?? `${outcomeWords[outcome]}.` };
  }
}

/** Says the same in one line. */
export function lastCompletionLine(last: LastCompletion): string {
  if (last.kind === "none") {
    return `No suggestion: ${last.reason}`;
  }
  const { tookMs, computed } = last;
  const told =
    computed === undefined
      ? ["known already"]
      : [
          `${computed.tokens} ${computed.tokens === 1 ? "token" : "tokens"}`,
          `${Math.round(100 * computed.reusedShare)} % of the prompt reused`,
        ];
  return `Last suggestion: ${[`${Math.round(tookMs)} ms`, ...told].join(", ")}`;
}
