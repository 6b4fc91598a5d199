import type { Attachment } from "../../generated/protocol";
import type { AttachedCode, Lines } from "../conversation/conversation";
import type { Surroundings } from "../panel/panelMessages";

/** Code as it is attached. */
export interface Code {
  readonly attachment: Attachment;
  /** Where in its document it is; null for the whole of it. */
  readonly lines: Lines | null;
}

/** Code that was asked for, or why there is none. */
export type Offer =
  | { readonly kind: "code"; readonly code: Code }
  | { readonly kind: "refused"; readonly reason: string };

/** The editor in front of the person. */
export interface EditorCode {
  /** Labels of what could be attached. */
  labels(): Surroundings["editor"];
  /** @param beside what is attached already, whose names should not be given twice. */
  selection(beside: readonly AttachedCode[]): Offer;
  file(beside: readonly AttachedCode[]): Offer;
}

/** What a slash command is about where nothing is attached. */
export function selectionElseFile(editor: EditorCode): Offer {
  return editor.labels().selection === null ? editor.file([]) : editor.selection([]);
}
