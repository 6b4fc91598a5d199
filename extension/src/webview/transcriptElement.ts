import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

import type { ShownConversation } from "../chat/panel/panelMessages";
import { Following } from "./following";
import type { Effect } from "./panelState";
import { icon, type Post } from "./parts";
import type { TurnElement } from "./turnElement";
import "./turnElement";

/** The conversation, scrolled by the person or along with the newest text. */
@customElement("phi-transcript")
export class TranscriptElement extends LitElement {
  @property({ attribute: false }) conversation!: ShownConversation;
  @property({ attribute: false }) post!: Post;
  /** What is shown while nothing has been asked. */
  @property({ attribute: false }) welcome!: TemplateResult | typeof nothing;
  @property({ attribute: false }) onAskAgain!: () => void;
  @state() private following = true;
  #following: Following | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  /** Goes to the newest text and stays with it. */
  follow(): void {
    this.#following?.follow();
  }

  /** Draws text behind what is there of an answer, and nothing else. */
  appendText({ conversation, turn, answer, text }: Effect & { readonly kind: "append" }): void {
    // Held, because whatever else is drawn next begins from it.
    this.#quietly = true;
    this.conversation = conversation;
    // By its id, because a search would look through every line of every answer.
    const element = document.getElementById(turnId(turn.id)) as TurnElement | null;
    element?.appendText(turn, answer, text);
  }

  #quietly = false;

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const skip = this.#quietly && changed.size === 1 && changed.has("conversation");
    this.#quietly = false;
    return !skip;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#following?.end();
  }

  protected override firstUpdated(): void {
    const scroller = this.querySelector<HTMLElement>(".scroller");
    const content = this.querySelector<HTMLElement>(".transcript-content");
    if (scroller !== null && content !== null) {
      this.#following = new Following(scroller, content, (following) => {
        this.following = following;
      });
    }
  }

  protected override render(): TemplateResult {
    const { turns } = this.conversation;
    const last = turns.at(-1);
    return html`
      <div
        class="scroller ${this.following ? "following" : ""}"
        role="region"
        aria-label="Conversation"
        tabindex="0"
      >
        <div class="transcript-content">
          ${this.welcome}
          ${repeat(
            turns,
            ({ id }) => id,
            (turn) =>
              html`<phi-turn
                id=${turnId(turn.id)}
                .turn=${turn}
                .last=${turn === last}
                .post=${this.post}
                .onAskAgain=${this.onAskAgain}
              ></phi-turn>`,
          )}
        </div>
      </div>
      ${
        this.following
          ? nothing
          : html`<button type="button" class="jump" @click=${() => this.#jump()}>
              ${icon("arrow-down")}<span>Jump to the newest</span>
            </button>`
      }
    `;
  }

  #jump(): void {
    this.follow();
    // The button goes, and takes the focus with it.
    this.querySelector<HTMLElement>(".scroller")?.focus({ preventScroll: true });
  }
}

const turnId = (id: string) => `turn-${id}`;
