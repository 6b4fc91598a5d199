import type { SlashCommand } from "../generated/protocol";

export interface SlashChoice {
  readonly command: SlashCommand;
  readonly explanation: string;
}

export const slashChoices: readonly SlashChoice[] = [
  { command: "explain", explanation: "Explain what the code does" },
  { command: "fix", explanation: "Find and fix what is wrong" },
  { command: "tests", explanation: "Write tests for the code" },
  { command: "doc", explanation: "Write doc comments" },
];

/** The commands that what is typed may become; none once it is no longer just a command. */
export function matchingChoices(typed: string): readonly SlashChoice[] {
  return typed.startsWith("/") && !/\s/.test(typed)
    ? slashChoices.filter(({ command }) => `/${command}`.startsWith(typed.toLowerCase()))
    : [];
}

/** Whether what is typed is a whole command, with nothing behind it. */
export function isWholeCommand(typed: string): boolean {
  return slashChoices.some(({ command }) => `/${command}` === typed.trim().toLowerCase());
}

/** A question as it would be typed, its command before it. */
export function asTyped(question: {
  readonly text: string;
  readonly command: SlashCommand | null;
}): string {
  return question.command === null
    ? question.text
    : `/${question.command} ${question.text}`.trimEnd();
}
