import type { Attachment } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { estimatedFit, fitOf } from "./code/counting";
import { type Code, type EditorCode, selectionElseFile } from "./code/editorCode";
import type { AttachedCode, Question } from "./conversation/conversation";
import type { Typed } from "./conversation/slashCommand";

/** What the composer needs of the world. */
export interface ComposerWorld {
  connection(): Connection | undefined;
  newId(): string;
  /** Hears of every change of the attachments. */
  changed(): void;
  notice(text: string): void;
}

/** A question that can be asked, or why it cannot. */
export type Asking =
  | { readonly kind: "ask"; readonly question: Question }
  | { readonly kind: "refused"; readonly reason: string };

const mostAttachments = 20;

/** What goes with the next question. */
export class Composer {
  draft = "";
  #attachments: readonly AttachedCode[] = [];
  readonly #world: ComposerWorld;

  constructor(world: ComposerWorld) {
    this.#world = world;
  }

  get attachments(): readonly AttachedCode[] {
    return this.#attachments;
  }

  /** Takes over what was kept; its files may have been excluded since. */
  restore(draft: string, attachments: readonly AttachedCode[]): void {
    this.draft = draft;
    this.#attachments = attachments;
    this.fitAll();
  }

  /** Attaches code; the same place again only brings its newest text. */
  attach({ attachment, lines }: Code): void {
    const before = this.#attachments.find((one) => isSamePlace(one.attachment, attachment));
    if (before === undefined && this.#attachments.length >= mostAttachments) {
      this.#world.notice(`A question takes ${mostAttachments} attachments at most.`);
      return;
    }
    const attached = this.attached({ attachment, lines }, before?.id);
    this.#attachments =
      before === undefined
        ? [...this.#attachments, attached]
        : this.#attachments.map((one) => (one === before ? attached : one));
    this.#world.changed();
    void this.#fit(attached);
  }

  detach(id: string): void {
    this.#attachments = this.#attachments.filter((one) => one.id !== id);
    this.#world.changed();
  }

  /** Empties it, for its question was asked; what is typed beside that question stays. */
  asked(typed: string): void {
    if (this.draft.trim() === typed.trim()) {
      this.draft = "";
    }
    this.#attachments = [];
    this.#world.changed();
  }

  /** Takes back a question that was not asked, before what is typed by now. */
  giveBack(typed: string): void {
    const { draft } = this;
    this.draft = draft.trim() === "" || draft === typed ? typed : `${typed}\n\n${draft}`;
  }

  /** Makes code one that is attached, its size guessed. */
  attached({ attachment, lines }: Code, id = this.#world.newId()): AttachedCode {
    return { id, attachment, lines, fit: estimatedFit(attachment.text) };
  }

  /** Makes the question of what was typed: with what is attached, or what a command is about. */
  asking({ command, text }: Typed, editor: EditorCode): Asking {
    const attachments = this.#attachments;
    if (command === null && text === "") {
      return { kind: "refused", reason: "Type a question first." };
    }
    if (command === null || attachments.length > 0) {
      return { kind: "ask", question: { command, text, attachments } };
    }
    const offer = selectionElseFile(editor);
    return offer.kind === "refused"
      ? offer
      : { kind: "ask", question: { command, text, attachments: [this.attached(offer.code)] } };
  }

  /** Asks again how much of each is read, as after a change of the model. */
  fitAll(): void {
    for (const attached of this.#attachments) {
      void this.#fit(attached);
    }
  }

  async #fit({ id, attachment }: AttachedCode): Promise<void> {
    const asked = await fitOf(this.#world.connection(), attachment);
    const now = this.#attachments.find((one) => one.id === id);
    // It was taken away, or attached anew, while the answer was awaited.
    if (now?.attachment !== attachment || asked === undefined) {
      return;
    }
    if (asked.kind === "refused") {
      this.detach(id);
      this.#world.notice(asked.reason);
      return;
    }
    this.#attachments = this.#attachments.map((one) =>
      one === now ? { ...one, fit: asked.fit } : one,
    );
    this.#world.changed();
  }
}

const isSamePlace = (one: Attachment, other: Attachment) =>
  one.uri === other.uri && one.label === other.label;
