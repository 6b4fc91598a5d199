import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

import { MarkdownView } from "./markdown/markdownView";
import type { Post } from "./parts";

/** The text of one answer, drawn as it comes. */
@customElement("phi-answer")
export class AnswerElement extends LitElement {
  /** The whole text when it was last told as a whole; what was appended since is not in it. */
  @property({ attribute: false }) text = "";
  /** Whether no more comes. */
  @property({ attribute: false }) settled = false;
  @property({ attribute: false }) post!: Post;
  #view: MarkdownView | undefined;

  protected override createRenderRoot(): this {
    return this;
  }

  /** Draws the next stretch behind what is there. */
  appendText(text: string): void {
    this.#view?.append(text);
  }

  protected override render(): TemplateResult {
    return html`<div class="markdown"></div>`;
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const drawn = this.#view?.text;
    if (drawn === undefined || !this.text.startsWith(drawn)) {
      this.#drawAnew();
    } else if (this.text.length > drawn.length) {
      // Also where it was settled: of an answer that was stopped more may have come than was shown.
      this.#view?.append(this.text.slice(drawn.length));
    }
    if (this.settled) {
      this.#view?.finish();
    }
  }

  #drawAnew(): void {
    const container = this.querySelector<HTMLElement>(".markdown");
    if (container === null) {
      return;
    }
    // A view draws behind what it drew, so another text gets another view in a place of its own.
    const place = document.createElement("div");
    const view = new MarkdownView(place, {
      copy: (text) => this.post({ kind: "copy", text }),
      insert: (text) => this.post({ kind: "insert", text }),
      newFile: (text, languageId) => this.post({ kind: "newFile", text, languageId }),
      openLink: (href) => this.post({ kind: "openLink", href }),
    });
    const isFirst = this.#view === undefined;
    this.#view = view;
    if (this.text !== "") {
      view.append(this.text);
    }
    if (isFirst) {
      container.replaceChildren(place);
    } else {
      // What is there stays until the other is drawn, so that the page never stands empty.
      void view.drawn().then(() => {
        if (view === this.#view) {
          container.replaceChildren(place);
        }
      });
    }
  }
}
