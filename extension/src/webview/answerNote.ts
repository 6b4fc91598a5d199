import { html, nothing, type TemplateResult } from "lit";

import { assertNever } from "../assertNever";
import type { Answer } from "../chat/conversation/conversation";
import { icon, type Post } from "./parts";

/** What is to be said about how an answer stands, below its text. */
export function answerNote(
  { state, text }: Answer,
  { post, tryAgain }: { readonly post: Post; readonly tryAgain: (() => void) | null },
): TemplateResult | typeof nothing {
  switch (state.kind) {
    case "complete":
      return nothing;
    case "streaming":
      // A slow prefill looks like a hang unless it is named.
      return html`<p class="under-way">${text === "" ? "Reading the question…" : "Answering…"}</p>`;
    case "stopped":
      return html`<p class="note">${icon("debug-stop")}<span>You stopped this answer.</span></p>`;
    case "tooLong":
      return html`<p class="note">
        ${icon("info")}<span
          >The answer reached the longest length that the settings allow.
          <button
            type="button"
            class="link"
            @click=${() => post({ kind: "run", command: "phiSidecar.openSettings" })}
          >
            Change the setting</button
          ></span
        >
      </p>`;
    case "failed":
      return html`<div class="note failed">
        ${icon("error")}
        <div>
          <p class="reason">${state.reason}</p>
          ${state.remedy === null ? nothing : html`<p class="remedy">${state.remedy}</p>`}
          ${
            tryAgain === null
              ? nothing
              : html`<vscode-button secondary icon="refresh" @click=${tryAgain}>Try again</vscode-button>`
          }
        </div>
      </div>`;
    default:
      return assertNever(state);
  }
}
