import type { Answer, AnswerFacts } from "../chat/conversation/conversation";
import type { ModelState, ShownAttachment } from "../chat/panel/panelMessages";

const LANGUAGE = "en";
const count = new Intl.NumberFormat(LANGUAGE);
const shortSeconds = new Intl.NumberFormat(LANGUAGE, {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** How an answer came about, in its parts. */
export function factsOf(facts: AnswerFacts): readonly string[] {
  const { model, acceleratorName, ttftMs, tokensPerSecond, promptTokens, contextWindow } = facts;
  return [
    // Echo answers without one.
    ...(model.id === "none" ? [] : [modelName(model)]),
    acceleratorName,
    ...(ttftMs === null ? [] : [`first token ${seconds(ttftMs)}`]),
    ...(tokensPerSecond === null ? [] : [`${speed(tokensPerSecond)} tokens/s`]),
    `prompt ${count.format(promptTokens)} of ${count.format(contextWindow)} tokens`,
  ];
}

/** Names a model; the starter is always called so, and once. */
export function modelName({ name, starter }: { name: string; starter: boolean }): string {
  return starter && !/\bstarter\b/i.test(name) ? `${name} (starter)` : name;
}

/** How much of an attachment the model reads, and which lines where that is not all. */
export function fitOf({ fit, startLine }: ShownAttachment): {
  readonly size: string;
  readonly keptLines: string | null;
} {
  const size = `${fit.exact ? "" : "about "}${count.format(fit.tokens)} tokens`;
  return fit.keptTokens < fit.tokens
    ? {
        size: `${size}, cut to ${count.format(fit.keptTokens)}`,
        keptLines: keptLines(fit, startLine),
      }
    : { size, keptLines: null };
}

/** Which lines are read, as the document counts them. */
function keptLines({ firstLine, endLine }: ShownAttachment["fit"], startLine: number): string {
  const first = startLine + firstLine + 1;
  const last = startLine + endLine;
  return last <= first
    ? `(line ${count.format(first)})`
    : `(lines ${count.format(first)}-${count.format(last)})`;
}

/** What did not fit into the context window; null where all did. */
export function leftOut({ droppedMessages }: AnswerFacts): string | null {
  if (droppedMessages === 0) {
    return null;
  }
  return droppedMessages === 1
    ? "The oldest message did not fit and was left out"
    : `The oldest ${count.format(droppedMessages)} messages did not fit and were left out`;
}

/** What a screen reader says when there is a model, or none any more; null for nothing. */
export function modelAnnouncementOf(
  before: ModelState | undefined,
  after: ModelState,
): string | null {
  if (before === undefined || before.kind === after.kind) {
    return null;
  }
  switch (after.kind) {
    case "ready":
      return `The model is ready on ${after.accelerator}.`;
    case "preparing":
      return `The model is being prepared. ${after.step}`;
    case "unavailable":
      return `No model can answer. ${after.reason}`;
  }
}

const SPOKEN_CHARACTERS = 200;

/** What a screen reader says when an answer goes from one state to the next; null for nothing. */
export function announcementOf(before: Answer | undefined, after: Answer): string | null {
  if (before?.state.kind === after.state.kind) {
    return null;
  }
  switch (after.state.kind) {
    case "streaming":
      return "Phi is answering.";
    case "complete":
    case "tooLong":
      return before === undefined ? null : `Answer complete. ${beginningOf(after.text)}`;
    case "stopped":
      return before === undefined ? null : "Answer stopped.";
    case "failed":
      return `The answer failed. ${after.state.reason}`;
  }
}

function beginningOf(text: string): string {
  const plain = text
    .slice(0, 2 * SPOKEN_CHARACTERS)
    .replaceAll(/\s+/g, " ")
    .trim();
  if (plain.length <= SPOKEN_CHARACTERS) {
    return plain;
  }
  const space = plain.lastIndexOf(" ", SPOKEN_CHARACTERS);
  return `${plain.slice(0, space > 0 ? space : SPOKEN_CHARACTERS)} …`;
}

function seconds(ms: number): string {
  return ms < 10_000
    ? `${shortSeconds.format(Math.max(ms, 50) / 1000)} s`
    : `${count.format(Math.round(ms / 1000))} s`;
}

function speed(tokensPerSecond: number): string {
  return tokensPerSecond < 10
    ? shortSeconds.format(tokensPerSecond)
    : count.format(Math.round(tokensPerSecond));
}
