import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { live } from "lit/directives/live.js";
import { repeat } from "lit/directives/repeat.js";

import type { ShownAttachment, Surroundings } from "../chat/panel/panelMessages";
import { composerToolbar } from "./composerToolbar";
import { mergeDraft, recall, sendingOf } from "./composing";
import { DraftKeeper } from "./draftKeeper";
import { chip, type Post } from "./parts";
import type { SlashChoice } from "./slashCommands";
import { slashList, slashOptionId } from "./slashList";
import { SlashMenu } from "./slashMenu";

/** Where a question is typed. */
@customElement("phi-composer")
export class ComposerElement extends LitElement {
  @property({ attribute: false }) surroundings: Surroundings | null = null;
  @property({ attribute: false }) attachments: readonly ShownAttachment[] = [];
  @property({ attribute: false }) answering = false;
  /** The questions of this conversation as they were typed, oldest first. */
  @property({ attribute: false }) asked: readonly string[] = [];
  @property({ attribute: false }) post!: Post;
  /** Called when a question has been sent. */
  @property({ attribute: false }) onAsked!: () => void;
  @state() private text = "";
  @state() private hint = "";
  /** Whether what is typed goes off as soon as there is a model. */
  @state() private waiting = false;
  @query("textarea") private input!: HTMLTextAreaElement;
  #recalled = 0;
  readonly #menu = new SlashMenu(this);
  readonly #draft = new DraftKeeper((text) => this.post({ kind: "draft", text }));

  protected override createRenderRoot(): this {
    return this;
  }

  /** Puts the keyboard here. */
  focusInput(): void {
    this.input.focus();
  }

  /** Takes in a draft from the extension, without losing what is typed. */
  async takeDraft(draft: string): Promise<void> {
    const typed = this.text;
    this.text = mergeDraft(draft, { typed, told: this.#draft.told });
    this.#draft.wasTold(draft);
    this.#draft.changed(this.text);
    if (this.text !== typed) {
      await this.#toEnd();
    }
  }

  /** Begins a question for the person to type on; what is typed already goes behind it. */
  begin(text: string): void {
    this.#fill(text + this.text);
  }

  /** Asks this, beside what is typed. */
  ask(text: string): void {
    const sending = this.#sending(text);
    if (sending.kind === "send") {
      this.#ask(text);
      this.focusInput();
    } else {
      this.begin(`${text} `);
      this.hint = sending.kind === "refuse" ? sending.why : "";
    }
  }

  /** Tells the extension at once what is typed. */
  flushDraft(): void {
    this.#draft.flush();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("answering") || changed.has("surroundings")) {
      this.#sendWhatWaits();
      this.#dropHint();
    }
  }

  protected override render(): TemplateResult {
    const choices = this.#menu.choices(this.text);
    const { highlighted } = this.#menu;
    const open = choices.length > 0;
    return html`
      ${open ? slashList(choices, { highlighted, onChoose: (it) => this.#choose(it) }) : nothing}
      <div class="composer-box" @mousedown=${this.#focusFromBox}>
        ${
          this.attachments.length === 0
            ? nothing
            : html`<ul class="chips" aria-label="Goes with the question">
                ${repeat(
                  this.attachments,
                  ({ id }) => id,
                  (attachment) =>
                    chip(attachment, { post: this.#postKeepingFocus, removable: true }),
                )}
              </ul>`
        }
        <textarea
          rows="1"
          aria-label="Question"
          aria-describedby="composer-hint"
          aria-autocomplete="list"
          aria-haspopup="listbox"
          aria-controls=${open ? "slash-list" : nothing}
          aria-activedescendant=${open ? slashOptionId(highlighted) : nothing}
          placeholder="Ask Phi, or type / for commands"
          spellcheck="false"
          .value=${live(this.text)}
          @input=${this.#typed}
          @keydown=${this.#keyDown}
          @blur=${() => this.#draft.flush()}
        ></textarea>
        ${composerToolbar({
          surroundings: this.surroundings,
          answering: this.answering,
          empty: this.text.trim() === "",
          post: this.#postKeepingFocus,
          onSend: () => {
            this.#send();
            this.focusInput();
          },
        })}
      </div>
      <p class="hint" id="composer-hint" role="status">${this.hint}</p>
    `;
  }

  #sending(text: string) {
    return sendingOf(text, { model: this.surroundings?.model, answering: this.answering });
  }

  readonly #typed = () => {
    this.#edit(this.input.value);
  };

  /** Takes in an edit, which ends everything that was about the text before it. */
  #edit(text: string): void {
    this.text = text;
    this.#menu.reset();
    this.waiting = false;
    this.hint = "";
    this.#recalled = 0;
    this.#draft.changed(text);
  }

  readonly #keyDown = (event: KeyboardEvent) => {
    // An input method uses the same keys for its own choices.
    if (event.isComposing || event.keyCode === 229) {
      return;
    }
    if (this.#keyForMenu(event) || this.#keyForText(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };

  /** Whether a key was for the list of commands. */
  #keyForMenu(event: KeyboardEvent): boolean {
    const done = this.#menu.key(event, this.text);
    if (done.kind === "chosen") {
      this.#choose(done.choice);
    }
    return done.kind !== "passed";
  }

  #keyForText({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey || altKey || shiftKey) {
      return false;
    }
    switch (key) {
      case "Enter":
        this.#send();
        return true;
      case "Escape":
        return this.#escape();
      case "ArrowUp":
        return (this.text === "" || this.#recalled > 0) && this.#recall(1);
      case "ArrowDown":
        return this.#recalled > 0 && this.#recall(-1);
      default:
        return false;
    }
  }

  #escape(): boolean {
    if (this.waiting) {
      this.waiting = false;
      this.hint = "";
      return true;
    }
    if (this.answering) {
      this.post({ kind: "stop" });
    }
    return this.answering;
  }

  #recall(step: 1 | -1): boolean {
    const found = recall(this.asked, { from: this.#recalled, step });
    if (found !== null) {
      this.#edit(found.text);
      this.#menu.close();
      this.#recalled = found.back;
      void this.#toEnd();
    }
    return found !== null;
  }

  #choose({ command }: SlashChoice): void {
    this.#fill(`/${command} `);
  }

  #send(): void {
    const sending = this.#sending(this.text);
    switch (sending.kind) {
      case "send": {
        const { text } = this;
        this.#edit("");
        this.#ask(text);
        break;
      }
      case "wait":
        this.waiting = true;
        this.hint = "Your question is sent as soon as the model is ready. Escape takes it back.";
        break;
      case "refuse":
        this.hint = sending.why;
        break;
      case "nothing":
        break;
    }
  }

  #ask(text: string): void {
    // Before the question, so that a draft that is given back comes after both.
    this.#draft.flush();
    this.post({ kind: "ask", text });
    this.onAsked();
  }

  #sendWhatWaits(): void {
    if (!this.waiting) {
      return;
    }
    const sending = this.#sending(this.text);
    if (sending.kind !== "wait") {
      this.waiting = false;
      this.hint = "";
      this.#send();
    }
  }

  /** Takes back why something could not be sent, once it could be. */
  #dropHint(): void {
    if (!this.waiting && this.#sending(this.text).kind !== "refuse") {
      this.hint = "";
    }
  }

  /** Posts what a button of the composer asks for; the keyboard stays with the question. */
  readonly #postKeepingFocus: Post = (message) => {
    this.post(message);
    if (message.kind === "attach" || message.kind === "detach" || message.kind === "stop") {
      this.focusInput();
    }
  };

  readonly #focusFromBox = (event: MouseEvent) => {
    if (event.target === event.currentTarget) {
      event.preventDefault();
      this.focusInput();
    }
  };

  #fill(text: string): void {
    this.#edit(text);
    this.focusInput();
    void this.#toEnd();
  }

  async #toEnd(): Promise<void> {
    await this.updateComplete;
    this.input.setSelectionRange(this.text.length, this.text.length);
    this.input.scrollTop = this.input.scrollHeight;
  }
}
