/** The chat's commands, as package.json declares them. */
export const chatCommandNames = [
  "phiSidecar.newChat",
  "phiSidecar.openChat",
  "phiSidecar.showConversations",
  "phiSidecar.stopAnswer",
  "phiSidecar.explainSelection",
  "phiSidecar.fixSelection",
  "phiSidecar.testSelection",
  "phiSidecar.documentSelection",
  "phiSidecar.attachSelection",
  "phiSidecar.attachFile",
] as const;

/** All others that package.json declares. */
export const productCommandNames = [
  "phiSidecar.switchAccelerator",
  "phiSidecar.measureAccelerators",
  "phiSidecar.chooseModel",
  "phiSidecar.manageRuntimes",
  "phiSidecar.tryAgain",
  "phiSidecar.snoozeCompletions",
  "phiSidecar.endSnooze",
  "phiSidecar.explainCompletion",
  "phiSidecar.toggleCompletions",
  "phiSidecar.toggleCompletionsForLanguage",
  "phiSidecar.showReport",
  "phiSidecar.showMenu",
  "phiSidecar.showLog",
  "phiSidecar.openSettings",
  "phiSidecar.restart",
] as const;

/** Ours that no list shows: a suggestion that was taken whole runs one, Esc the other. */
export const unlistedCommands = {
  taken: "phiSidecar.suggestionTaken",
  dismiss: "phiSidecar.dismissSuggestion",
} as const;

export type ChatCommandName = (typeof chatCommandNames)[number];
export type ProductCommandName = (typeof productCommandNames)[number];

/** What runs; its arguments come from anywhere, such as a link. */
export type Command = (...args: readonly unknown[]) => unknown;

/** A command for each name: the compiler finds the one that is missing, or too many. */
export type CommandTable<Name extends string> = Readonly<Record<Name, Command>>;
