import type { Conversation, Question } from "./conversation";
import { asTyped } from "./slashCommand";

const longest = 60;

/** Names a conversation after its first question. */
export function titleOf(conversation: Conversation): string {
  const first = conversation.turns[0];
  return first === undefined ? "New chat" : questionTitle(first.question);
}

function questionTitle(question: Question): string {
  const words = plain(question.text);
  const subject = words === "" ? (question.attachments[0]?.attachment.label ?? "") : words;
  const title = asTyped({ command: question.command, text: subject });
  return shortened(title === "" ? "Chat" : title);
}

/** Drops what Markdown adds to the words, and puts them on one line. */
function plain(text: string): string {
  const inline = text
    // What a fence names its language with is no word of the question.
    .replace(/^ {0,3}(?:```+|~~~+).*$/gm, " ")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s*(?:#{1,6}|>+|[-*+]|\d+[.)])\s+/gm, "")
    .replace(/`+/g, "")
    .replace(/(\*{1,3}|~~)(?=\S)(.+?)(?<=\S)\1/g, "$2");
  return (
    inline
      // Control and direction characters would garble a list of titles.
      .replace(/[\p{Cc}\p{Cf}]+/gu, " ")
      .replace(/\s+/g, " ")
      .trim()
  );
}

/** Ends at a word where that does not lose half of it. */
function shortened(title: string): string {
  const characters = [...title];
  if (characters.length <= longest) {
    return title;
  }
  const cut = characters.slice(0, longest - 1).join("");
  const space = cut.lastIndexOf(" ");
  return `${(space > longest / 2 ? cut.slice(0, space) : cut).trimEnd()}…`;
}
