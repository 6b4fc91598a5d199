import type { AttachmentFit, SlashCommand } from "../../generated/protocol";
import type { TokenKind } from "../../webview/markdown/highlight/tokenKinds";
import type { Answer, ConversationSummary } from "../conversation/conversation";

/** An attachment without its text, which the panel does not need. */
export interface ShownAttachment {
  readonly id: string;
  /** Such as `stock.py:3-10`. */
  readonly label: string;
  /** The line of the document, from 0, at which the attached text begins. */
  readonly startLine: number;
  readonly fit: AttachmentFit;
}

/** A turn as the panel draws it. */
export interface ShownTurn {
  readonly id: string;
  readonly question: {
    readonly text: string;
    readonly command: SlashCommand | null;
    readonly attachments: readonly ShownAttachment[];
  };
  readonly answers: readonly Answer[];
  readonly shown: number;
}

/** A conversation as the panel draws it. */
export interface ShownConversation {
  readonly id: string;
  readonly title: string;
  readonly turns: readonly ShownTurn[];
}

/** The commands that the panel may have run; everything else it asks for has a message of its own. */
export const panelCommands = [
  "phiSidecar.switchAccelerator",
  "phiSidecar.chooseModel",
  "phiSidecar.tryAgain",
  "phiSidecar.restart",
  "phiSidecar.showLog",
  "phiSidecar.openSettings",
  "phiSidecar.showConversations",
] as const;
export type PanelCommand = (typeof panelCommands)[number];

/** Whether there is a model to answer. */
export type ModelState =
  | {
      readonly kind: "ready";
      readonly model: string;
      readonly starter: boolean;
      readonly accelerator: string;
    }
  /** There will be one: what is being done, and how far it is in percent where that is known. */
  | { readonly kind: "preparing"; readonly step: string; readonly percentage: number | null }
  | {
      readonly kind: "unavailable";
      readonly reason: string;
      readonly remedy: string | null;
      readonly commands: readonly { readonly title: string; readonly command: PanelCommand }[];
    };

/** A model that is more able than the starter. */
export type ShownBetter =
  /** It can be fetched. */
  | { readonly kind: "offer"; readonly name: string; readonly size: string }
  /** It is being fetched or made. */
  | { readonly kind: "underWay"; readonly name: string };

/** What is around the conversation. */
export interface Surroundings {
  readonly model: ModelState;
  /** What there is in the starter's place; null for nothing. */
  readonly better: ShownBetter | null;
  /** Labels of what could be attached now; null where there is nothing. */
  readonly editor: { readonly selection: string | null; readonly file: string | null };
  /** The newest conversations beside the one that is shown. */
  readonly recent: readonly ConversationSummary[];
}

/** The kinds of tokens that have a colour of their own. */
export type ColouredKind = Exclude<TokenKind, "plain">;

/** How the tokens of a kind look. */
export interface TokenStyle {
  /** Hexadecimal, with or without an alpha; null for the colour of plain text. */
  readonly color: string | null;
  /** Some of `italic`, `bold`, `underline` and `strikethrough`, parted by spaces. */
  readonly fontStyle?: string;
}

/** What a theme says of tokens; the panel has a look of its own for those that are missing. */
export type TokenColours = Readonly<Partial<Record<ColouredKind, TokenStyle>>>;

/** From the extension to the panel. */
export type ToPanel =
  /** Replaces the conversation that is shown. */
  | { readonly kind: "conversation"; readonly conversation: ShownConversation }
  /** A turn that is new, or has changed in anything but streamed text. */
  | { readonly kind: "turn"; readonly conversation: string; readonly turn: ShownTurn }
  /** The next stretch of an answer; `at` is where it begins, in UTF-16 units. */
  | {
      readonly kind: "text";
      readonly conversation: string;
      readonly turn: string;
      readonly answer: number;
      readonly at: number;
      readonly text: string;
    }
  /** What goes with the next question; a draft replaces what is typed, null leaves it alone. */
  | {
      readonly kind: "composer";
      readonly draft: string | null;
      readonly attachments: readonly ShownAttachment[];
    }
  | { readonly kind: "surroundings"; readonly surroundings: Surroundings }
  /** Something that the person should know, such as why a file was not attached. */
  | { readonly kind: "notice"; readonly text: string }
  /** How code looks in the editor's theme; null where that is not known. */
  | { readonly kind: "colours"; readonly colours: TokenColours | null }
  /** Puts the keyboard into the composer. */
  | { readonly kind: "focus" };

/** From the panel to the extension. */
export type FromPanel =
  /** The panel was loaded, and knows nothing yet. */
  | { readonly kind: "ready" }
  /** The text as typed, a slash command at its beginning included. */
  | { readonly kind: "ask"; readonly text: string }
  | { readonly kind: "stop" }
  | { readonly kind: "regenerate"; readonly turn: string }
  | { readonly kind: "showAnswer"; readonly turn: string; readonly answer: number }
  | { readonly kind: "openConversation"; readonly id: string }
  | { readonly kind: "deleteConversation"; readonly id: string }
  | { readonly kind: "attach"; readonly what: "selection" | "file" }
  | { readonly kind: "detach"; readonly id: string }
  /** Shows an attachment's place in an editor. */
  | { readonly kind: "openAttachment"; readonly id: string }
  /** What is typed but not asked yet. */
  | { readonly kind: "draft"; readonly text: string }
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "insert"; readonly text: string }
  | { readonly kind: "newFile"; readonly text: string; readonly languageId: string }
  /** The person clicked a link in an answer. */
  | { readonly kind: "openLink"; readonly href: string }
  | { readonly kind: "run"; readonly command: PanelCommand }
  /** Something of the panel's own failed; without any text of the conversation. */
  | { readonly kind: "failed"; readonly what: string };
