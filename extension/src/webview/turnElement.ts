import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { keyed } from "lit/directives/keyed.js";
import { repeat } from "lit/directives/repeat.js";

import type { Answer } from "../chat/conversation/conversation";
import type { ShownTurn } from "../chat/panel/panelMessages";
import type { AnswerElement } from "./answerElement";
import "./answerElement";
import { answerNote } from "./answerNote";
import { chip, icon, iconButton, type Post } from "./parts";
import { factsOf, leftOut } from "./wording";

const COPIED_MS = 1500;

/** A question and the answer to it. */
@customElement("phi-turn")
export class TurnElement extends LitElement {
  @property({ attribute: false }) turn!: ShownTurn;
  @property({ attribute: false }) post!: Post;
  /** Whether it is the last one, which can be answered anew. */
  @property({ attribute: false }) last = false;
  /** Called before this element asks for another answer. */
  @property({ attribute: false }) onAskAgain!: () => void;
  @state() private copied = false;

  protected override createRenderRoot(): this {
    return this;
  }

  /** Draws text behind what is there of an answer, and nothing else. */
  appendText(turn: ShownTurn, answer: number, text: string): void {
    const first = this.turn.answers[answer]?.text === "";
    this.#quietly = !first;
    this.turn = turn;
    if (answer === turn.shown) {
      this.querySelector<AnswerElement>("phi-answer")?.appendText(text);
    }
  }

  #quietly = false;

  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    // With only text to add, there is nothing else that could look different.
    const skip = this.#quietly && changed.size === 1 && changed.has("turn");
    this.#quietly = false;
    return !skip;
  }

  protected override render(): TemplateResult {
    const { question, answers, shown } = this.turn;
    const answer = answers[shown];
    return html`<article aria-label="Question and answer">
      <div class="question">
        <h2 class="unseen">You asked</h2>
        <p class="question-text" dir="auto">${this.#questionText()}</p>
        ${
          question.attachments.length === 0
            ? nothing
            : html`<ul class="chips" aria-label="Attached code">
                ${repeat(
                  question.attachments,
                  ({ id }) => id,
                  (attachment) => chip(attachment, { post: this.post, removable: false }),
                )}
              </ul>`
        }
      </div>
      ${answer === undefined ? nothing : this.#answer(answer)}
    </article>`;
  }

  #questionText(): TemplateResult {
    const { command, text } = this.turn.question;
    return command === null
      ? html`${text}`
      : html`<span class="command">/${command}</span> ${text}`;
  }

  #answer(answer: Answer): TemplateResult {
    const { facts, state } = answer;
    const missing = facts === null ? null : leftOut(facts);
    return html`
      ${missing === null ? nothing : html`<p class="left-out">${icon("fold-up")}<span>${missing}</span></p>`}
      <div class="answer">
        <h2 class="unseen">Phi answered</h2>
        ${keyed(
          this.turn.shown,
          html`<phi-answer .text=${answer.text} .settled=${state.kind !== "streaming"} .post=${this.post}></phi-answer>`,
        )}
        ${answerNote(answer, { post: this.post, tryAgain: this.last ? () => this.#askAgain() : null })}
        ${state.kind === "streaming" && this.turn.answers.length === 1 ? nothing : this.#footer(answer)}
      </div>
    `;
  }

  #footer(answer: Answer): TemplateResult {
    const streaming = answer.state.kind === "streaming";
    return html`<div class="answer-footer">
      <div class="answer-actions" role="group" aria-label="Answer">
        ${this.#variants()}
        ${
          streaming || answer.text === ""
            ? nothing
            : iconButton({
                icon: this.copied ? "check" : "copy",
                label: this.copied ? "Copied" : "Copy the whole answer",
                onClick: () => this.#copy(answer.text),
              })
        }
        ${
          !this.last || streaming || answer.state.kind === "failed"
            ? nothing
            : iconButton({
                icon: "refresh",
                label: "Regenerate: ask for another answer",
                onClick: () => this.#askAgain(),
              })
        }
      </div>
      ${
        answer.facts === null
          ? nothing
          : html`<p class="facts">
              ${factsOf(answer.facts).map((fact) => html`<span>${fact}</span>`)}
            </p>`
      }
    </div>`;
  }

  #variants(): TemplateResult | typeof nothing {
    const { id, answers, shown } = this.turn;
    if (answers.length < 2) {
      return nothing;
    }
    const show = (answer: number) => this.post({ kind: "showAnswer", turn: id, answer });
    return html`<span class="variants">
      ${iconButton({
        icon: "chevron-left",
        label: "Show the answer before",
        onClick: () => show(shown - 1),
        off: shown === 0,
      })}
      <span class="variant-place" aria-label="Answer ${shown + 1} of ${answers.length}" role="img">
        ${shown + 1}/${answers.length}
      </span>
      ${iconButton({
        icon: "chevron-right",
        label: "Show the next answer",
        onClick: () => show(shown + 1),
        off: shown === answers.length - 1,
      })}
    </span>`;
  }

  #copy(text: string): void {
    this.post({ kind: "copy", text });
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, COPIED_MS);
  }

  #askAgain(): void {
    this.onAskAgain();
    this.post({ kind: "regenerate", turn: this.turn.id });
  }
}
