import type { Conversation } from "./conversation";
import type { AnswerPlace } from "./turns";

/** What has changed of the conversations. */
export type Change =
  | ConversationChange
  /** What a list of conversations shows is another. */
  | { readonly kind: "listed" };

/** What has changed of one conversation. */
export type ConversationChange =
  /** All of it may be another. */
  | { readonly kind: "whole"; readonly conversation: Conversation }
  | { readonly kind: "turn"; readonly conversation: Conversation; readonly turn: string }
  | {
      readonly kind: "text";
      readonly conversation: Conversation;
      readonly place: AnswerPlace;
      /** Where the text begins in its answer. */
      readonly at: number;
      readonly text: string;
    }
  /** It goes on under a new id, for another window has changed the one under the old. */
  | { readonly kind: "moved"; readonly from: string; readonly conversation: Conversation };
