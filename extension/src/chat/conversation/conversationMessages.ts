import type { ConversationMessage } from "../../generated/protocol";
import type { Conversation, Turn } from "./conversation";

/**
 * Makes the messages that ask for an answer to a turn: the turns before it, then its question.
 *
 * Of a turn with several answers the shown one goes along, and what came of one that broke off. A
 * question to which nothing came is left out: it has failed once, and two questions in a row are
 * refused by some models' templates.
 */
export function messagesFor(conversation: Conversation, turnId: string): ConversationMessage[] {
  const at = conversation.turns.findIndex(({ id }) => id === turnId);
  const turn = conversation.turns[at];
  return turn === undefined
    ? []
    : [...conversation.turns.slice(0, at).flatMap(exchange), question(turn)];
}

function exchange(turn: Turn): ConversationMessage[] {
  const text = turn.answers[turn.shown]?.text ?? "";
  return text.trim() === "" ? [] : [question(turn), { role: "assistant", content: text }];
}

function question({ question: { text, command, attachments } }: Turn): ConversationMessage {
  return {
    role: "user",
    content: text,
    command,
    attachments: attachments.map(({ attachment }) => attachment),
  };
}
