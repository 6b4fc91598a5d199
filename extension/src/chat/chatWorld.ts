import type { Cancellation } from "./answering";
import type { EditorCode } from "./code/editorCode";
import type { ToPanel } from "./panel/panelMessages";
import type { ConversationStore } from "./storage/store";

/** What a chat needs of the world. */
export interface ChatWorld {
  readonly store: ConversationStore;
  readonly editor: EditorCode;
  nowMs(): number;
  newId(): string;
  later(durationMs: number, run: () => void): { dispose(): void };
  sleep(durationMs: number, signal: AbortSignal): Promise<void>;
  cancellation(): Cancellation;
  /** Sends a message to the panel, which may not be there. */
  post(message: ToPanel): void;
  /** Hears whether the conversation that is shown is being answered. */
  answering(now: boolean): void;
  /** Hears that an answer came to its own end. */
  answered(): void;
  /** Says that a conversation was deleted; true if the person wants it back. */
  offerUndo(title: string): Promise<boolean>;
  /** Hears that conversations cannot be kept. */
  notKept(error: unknown): void;
}
