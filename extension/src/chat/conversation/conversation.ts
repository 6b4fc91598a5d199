import type { Attachment, AttachmentFit, ModelInfo, SlashCommand } from "../../generated/protocol";

/** Lines of a document, counted from 0. */
export interface Lines {
  readonly first: number;
  /** The one after the last. */
  readonly end: number;
}

/** Code that goes with a question, and how much of it the model reads. */
export interface AttachedCode {
  readonly id: string;
  readonly attachment: Attachment;
  readonly fit: AttachmentFit;
  /** Where in its document it was; null for the whole of it. */
  readonly lines: Lines | null;
}

/** What the person asked. */
export interface Question {
  /** As typed, without the slash command before it. */
  readonly text: string;
  readonly command: SlashCommand | null;
  readonly attachments: readonly AttachedCode[];
}

/** How an answer stands. */
export type AnswerState =
  | { readonly kind: "streaming" }
  | { readonly kind: "complete" }
  /** It reached the longest answer that the settings allow. */
  | { readonly kind: "tooLong" }
  /** The person pressed stop. */
  | { readonly kind: "stopped" }
  /** It broke off: what came stays. */
  | { readonly kind: "failed"; readonly reason: string; readonly remedy: string | null };

/** How an answer came about, as the sidecar tells at its end. */
export interface AnswerFacts {
  readonly model: ModelInfo;
  readonly acceleratorName: string;
  readonly ttftMs: number | null;
  readonly tokensPerSecond: number | null;
  readonly promptTokens: number;
  readonly contextWindow: number;
  /** How many of the oldest messages were left out to fit the context window. */
  readonly droppedMessages: number;
}

/** One answer to a question; asking again makes another. */
export interface Answer {
  readonly text: string;
  readonly state: AnswerState;
  readonly facts: AnswerFacts | null;
}

/** A question with its answers, of which one is shown and goes on into the conversation. */
export interface Turn {
  readonly id: string;
  readonly question: Question;
  readonly answers: readonly Answer[];
  /** The index of the answer that is shown. */
  readonly shown: number;
}

/** What is kept of a chat. */
export interface Conversation {
  readonly id: string;
  readonly createdMs: number;
  readonly updatedMs: number;
  readonly turns: readonly Turn[];
}

/** A conversation in a list. */
export interface ConversationSummary {
  readonly id: string;
  readonly title: string;
  readonly updatedMs: number;
}
