import type { ModelState } from "../chat/panel/panelMessages";

/** What becomes of a question when the person sends it. */
export type Sending =
  | { readonly kind: "send" }
  /** It is sent as soon as there is a model. */
  | { readonly kind: "wait" }
  | { readonly kind: "refuse"; readonly why: string }
  /** There is nothing to send. */
  | { readonly kind: "nothing" };

/** The most that the extension takes as a question, in UTF-16 units; no model reads as much. */
export const longestQuestion = 200_000;

/** Decides whether a question can be sent now. */
export function sendingOf(
  text: string,
  { model, answering }: { readonly model: ModelState | undefined; readonly answering: boolean },
): Sending {
  if (text.trim() === "") {
    return { kind: "nothing" };
  }
  if (text.length > longestQuestion) {
    return {
      kind: "refuse",
      why: "This is too long for a question. Attach the file instead, or the lines that matter.",
    };
  }
  if (answering) {
    return { kind: "refuse", why: "You can send this when the answer is complete or stopped." };
  }
  switch (model?.kind) {
    case "ready":
      return { kind: "send" };
    case undefined:
    case "preparing":
      return { kind: "wait" };
    case "unavailable":
      return { kind: "refuse", why: "No model can answer now. What you typed is kept." };
  }
}

/**
 * Merges a draft from the extension with what is typed.
 *
 * `told` is what the extension was last told, or told us: its own echo must not undo newer typing,
 * and a question that is given back must not replace the next one.
 */
export function mergeDraft(
  draft: string,
  { typed, told }: { readonly typed: string; readonly told: string },
): string {
  if (typed === told || typed.trim() === "") {
    return draft;
  }
  if (draft.trim() === "") {
    return typed;
  }
  return told !== "" && draft.endsWith(told) && typed.startsWith(told)
    ? draft.slice(0, -told.length) + typed
    : `${draft}\n\n${typed}`;
}

/** Where one is among the questions asked before, as ArrowUp and ArrowDown go through them. */
export interface Recall {
  /** How many steps back from the newest; 0 is what was typed itself. */
  readonly back: number;
  readonly text: string;
}

/** Goes a step through the questions asked before, oldest first; null where there is no further. */
export function recall(
  questions: readonly string[],
  { from, step }: { readonly from: number; readonly step: 1 | -1 },
): Recall | null {
  const back = from + step;
  if (back < 0 || back > questions.length) {
    return null;
  }
  return { back, text: back === 0 ? "" : (questions.at(-back) ?? "") };
}
