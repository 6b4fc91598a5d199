import type { ConversationChange } from "../conversation/change";
import type { AttachedCode, Conversation, Turn } from "../conversation/conversation";
import { titleOf } from "../conversation/title";
import { turnOf } from "../conversation/turns";
import type { ShownAttachment, ShownConversation, ShownTurn, ToPanel } from "./panelMessages";

/** What a panel is told of a change to the conversation that it shows. */
export function messageOf(change: ConversationChange): ToPanel {
  const { conversation } = change;
  if (change.kind === "text") {
    const { place, at, text } = change;
    return { kind: "text", conversation: conversation.id, ...place, at, text };
  }
  const turn = change.kind === "turn" ? turnOf(conversation, change.turn) : undefined;
  return turn === undefined
    ? { kind: "conversation", conversation: shownConversation(conversation) }
    : { kind: "turn", conversation: conversation.id, turn: shownTurn(turn) };
}

export function shownConversation(conversation: Conversation): ShownConversation {
  const { id, turns } = conversation;
  return { id, title: titleOf(conversation), turns: turns.map(shownTurn) };
}

/** Takes out the attached text: the panel draws labels and counts alone. */
export function shownTurn({ id, question, answers, shown }: Turn): ShownTurn {
  const { text, command, attachments } = question;
  return {
    id,
    question: { text, command, attachments: attachments.map(shownAttachment) },
    answers,
    shown,
  };
}

export function shownAttachment({ id, attachment, lines, fit }: AttachedCode): ShownAttachment {
  return { id, label: attachment.label, startLine: lines?.first ?? 0, fit };
}
