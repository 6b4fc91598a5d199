import type { Connection } from "../sidecar/connection";
import { countAll } from "./code/counting";
import type { Conversation, Question } from "./conversation/conversation";
import { withFits, withoutCode } from "./conversation/turns";
import type { OpenConversations } from "./openConversations";

/** Where the question went. */
interface Asked {
  readonly conversations: OpenConversations;
  readonly connection: Connection | undefined;
  /** As it was once the question was asked. */
  readonly conversation: Conversation;
}

/**
 * Counts what was attached just now, so that its chip is true before the answer ends.
 *
 * What is never read into a prompt is not kept in the conversation either.
 */
export async function countAsked(
  { conversations, connection, conversation: { id, turns } }: Asked,
  { attachments }: Question,
): Promise<void> {
  const turn = turns.at(-1)?.id;
  if (turn === undefined || attachments.every(({ fit }) => fit.exact)) {
    return;
  }
  const { fits, refused } = await countAll(connection, attachments);
  if (refused.length > 0) {
    conversations.changeTurn(id, turn, (before) => withoutCode(before, turn, refused));
  } else if (conversations.isAnswering(id)) {
    // An answer that has come has told already, and better.
    conversations.changeTurn(id, turn, (before) => withFits(before, turn, fits));
  }
}
