import type { SlashCommand } from "../../generated/protocol";

export const slashCommands: readonly SlashCommand[] = ["explain", "fix", "tests", "doc"];

/** What was typed, taken apart. */
export interface Typed {
  readonly command: SlashCommand | null;
  readonly text: string;
}

/** Takes the slash command off what was typed; one that is not known is plain text. */
export function parseTyped(typed: string): Typed {
  const trimmed = typed.trim();
  const [word = ""] = /^\S*/.exec(trimmed) ?? [];
  const command = slashCommands.find((one) => `/${one}` === word.toLowerCase());
  return command === undefined
    ? { command: null, text: trimmed }
    : { command, text: trimmed.slice(word.length).trim() };
}

/** Puts a question together again as it would be typed. */
export function asTyped({ command, text }: Typed): string {
  return command === null ? text : `/${command} ${text}`.trimEnd();
}
