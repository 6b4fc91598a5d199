import { html, LitElement, nothing, type TemplateResult } from "lit";
import { customElement, query, state } from "lit/decorators.js";

import { assertNever } from "../assertNever";
import type { FromPanel, ToPanel } from "../chat/panel/panelMessages";
import type { ComposerElement } from "./composerElement";
import "./composerElement";
import type { Example } from "./examples";
import type { Host } from "./host";
import { modelBanner } from "./modelBanner";
import { emptyState, isAnswering, type PanelState, receive, shownAnswer } from "./panelState";
import { icon, iconButton } from "./parts";
import { asTyped } from "./slashCommands";
import { TokenColoursInPage } from "./tokenColours";
import type { TranscriptElement } from "./transcriptElement";
import "./transcriptElement";
import { welcome } from "./welcome";
import { announcementOf, modelAnnouncementOf } from "./wording";

/** The whole panel. */
@customElement("phi-chat")
export class ChatElement extends LitElement {
  /** Held beside Lit's properties, because streamed text must not draw the whole anew. */
  #panel: PanelState = emptyState;
  /** What a screen reader is told. */
  @state() private announcement = "";
  @query("phi-transcript") private transcript!: TranscriptElement | null;
  @query("phi-composer") private composer!: ComposerElement;
  readonly #tokenColours = new TokenColoursInPage(document);
  #host: Host | undefined;
  /** Which of the recent conversations is being deleted, for the keyboard to stay near it. */
  #deleting: { readonly id: string; readonly index: number } | null = null;

  protected override createRenderRoot(): this {
    return this;
  }

  /** Begins to show what the extension tells. */
  async connect(host: Host): Promise<void> {
    this.#host = host;
    await this.updateComplete;
    host.onMessage((message) => this.#receive(message));
    host.post({ kind: "ready" });
  }

  /** Puts the keyboard into the composer where the page has it and nothing in it does. */
  takeFocus(): void {
    setTimeout(() => {
      // A press of the mouse that brought it here is about something else, such as text to select.
      const isPressed = document.querySelector(":active") !== null;
      if (document.hasFocus() && !isPressed && document.activeElement === document.body) {
        this.composer.focusInput();
      }
    });
  }

  /** Tells the extension at once what is typed, as before the page goes. */
  flushDraft(): void {
    this.composer.flushDraft();
  }

  protected override render(): TemplateResult {
    const { conversation, surroundings, attachments, notice } = this.#panel;
    return html`
      <main>
        <h1 class="unseen">${conversation?.title || "New chat"}</h1>
        ${
          conversation === null
            ? html`<div class="scroller"></div>`
            : html`<phi-transcript
                .conversation=${conversation}
                .welcome=${conversation.turns.length === 0 ? this.#welcome() : nothing}
                .post=${this.#post}
                .onAskAgain=${this.#onAskAgain}
              ></phi-transcript>`
        }
        <div class="dock">
          <div role="status">${notice === null ? nothing : this.#notice(notice)}</div>
          ${modelBanner(surroundings?.model, this.#post)}
          <phi-composer
            .surroundings=${surroundings}
            .attachments=${attachments}
            .answering=${isAnswering(conversation)}
            .asked=${conversation?.turns.map(({ question }) => asTyped(question)) ?? []}
            .post=${this.#post}
            .onAsked=${this.#onAsked}
          ></phi-composer>
        </div>
        <p class="unseen" role="status">${this.announcement}</p>
      </main>
    `;
  }

  protected override updated(): void {
    this.#focusAfterDeleting();
  }

  #welcome(): TemplateResult {
    return welcome({
      surroundings: this.#panel.surroundings,
      nowMs: Date.now(),
      onExample: (example) => this.#tryExample(example),
      onDelete: (conversation, index) => {
        this.#deleting = { id: conversation.id, index };
        this.#post({ kind: "deleteConversation", id: conversation.id });
      },
      post: this.#post,
    });
  }

  #notice(text: string): TemplateResult {
    return html`<div class="notice">
      ${icon("info")}<span>${text}</span>
      ${iconButton({
        icon: "close",
        label: "Dismiss",
        onClick: () => {
          this.#dismissNotice();
          this.composer.focusInput();
        },
      })}
    </div>`;
  }

  #receive(message: ToPanel): void {
    const before = this.#panel;
    const focused = document.activeElement;
    const { state, effect } = receive(before, message);
    this.#panel = state;
    switch (effect.kind) {
      case "nothing":
        return;
      case "append":
        this.transcript?.appendText(effect);
        return;
      case "askAgain":
        // The draft first: the answer to this brings back the one that the extension knows.
        this.composer.flushDraft();
        this.#post({ kind: "ready" });
        return;
      case "colours":
        this.#tokenColours.show(effect.colours);
        return;
      case "draft":
        void this.composer.takeDraft(effect.text);
        break;
      case "focus":
        this.composer.focusInput();
        break;
      case "redraw":
        break;
      default:
        assertNever(effect);
    }
    this.requestUpdate();
    this.#announce(before, message);
    void this.#keepFocus(focused);
    if (isNewToRead(before, message)) {
      void this.#follow();
    }
  }

  #announce(before: PanelState, message: ToPanel): void {
    const text = announcement(before, message);
    if (text) {
      this.announcement = text;
    }
  }

  /** Puts the keyboard into the composer where what had it is gone. */
  async #keepFocus(focused: Element | null): Promise<void> {
    await this.updateComplete;
    await this.transcript?.updateComplete;
    await this.composer.updateComplete;
    if (focused?.isConnected === false && document.activeElement === document.body) {
      this.composer.focusInput();
    }
  }

  readonly #post = (message: FromPanel) => {
    this.#host?.post(message);
  };

  readonly #onAsked = () => {
    this.#dismissNotice();
    void this.#follow();
  };

  readonly #onAskAgain = () => {
    // The button that was pressed goes away.
    this.composer.focusInput();
    void this.#follow();
  };

  async #follow(): Promise<void> {
    await this.updateComplete;
    await this.transcript?.updateComplete;
    this.transcript?.follow();
  }

  #dismissNotice(): void {
    this.#panel = { ...this.#panel, notice: null };
    this.requestUpdate();
  }

  #tryExample({ kind, text, withFile }: Example): void {
    if (withFile) {
      this.#post({ kind: "attach", what: "file" });
    }
    switch (kind) {
      case "ask":
        this.composer.ask(text);
        break;
      case "fill":
        this.composer.begin(text);
        break;
      default:
        assertNever(kind);
    }
  }

  #focusAfterDeleting(): void {
    const recent = this.#panel.surroundings?.recent ?? [];
    if (this.#deleting === null || recent.some(({ id }) => id === this.#deleting?.id)) {
      return;
    }
    const { index } = this.#deleting;
    this.#deleting = null;
    void this.transcript?.updateComplete.then(() => {
      const left = this.querySelectorAll<HTMLElement>(".recent-open");
      (left[Math.min(index, left.length - 1)] ?? this.querySelector("textarea"))?.focus();
    });
  }
}

/** What a screen reader is told of a message; null for nothing. */
function announcement(before: PanelState, message: ToPanel): string | null {
  if (message.kind === "surroundings") {
    return modelAnnouncementOf(before.surroundings?.model, message.surroundings.model);
  }
  if (message.kind !== "turn" || before.conversation?.id !== message.conversation) {
    return null;
  }
  const { id, shown } = message.turn;
  const earlier = before.conversation.turns.find((turn) => turn.id === id);
  const answer = shownAnswer(message.turn);
  return answer === undefined ? null : announcementOf(earlier?.answers[shown], answer);
}

/** Whether a message brings another conversation, or a question that was asked from the editor. */
function isNewToRead({ conversation }: PanelState, message: ToPanel): boolean {
  switch (message.kind) {
    case "conversation":
      return conversation?.id !== message.conversation.id;
    case "turn":
      return (
        conversation?.id === message.conversation &&
        conversation.turns.every(({ id }) => id !== message.turn.id)
      );
    default:
      return false;
  }
}
