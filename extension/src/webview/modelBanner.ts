import { html, nothing, type TemplateResult } from "lit";

import { assertNever } from "../assertNever";
import type { ModelState } from "../chat/panel/panelMessages";
import { icon, type Post } from "./parts";

/** What keeps the model from answering, if anything does. */
export function modelBanner(
  model: ModelState | undefined,
  post: Post,
): TemplateResult | typeof nothing {
  switch (model?.kind) {
    case undefined:
    case "ready":
      return nothing;
    case "preparing":
      return html`<section class="banner" aria-label="Preparing the model">
        <p class="banner-text">
          <span class="step">${model.step}</span>
          ${model.percentage === null ? nothing : html`<span class="percentage">${Math.round(model.percentage)}%</span>`}
        </p>
        <vscode-progress-bar
          aria-label="Preparing the model"
          .value=${model.percentage ?? undefined}
        ></vscode-progress-bar>
      </section>`;
    case "unavailable":
      return html`<section class="banner unavailable" aria-label="No model can answer">
        ${icon("warning")}
        <div>
          <p class="reason">${model.reason}</p>
          ${model.remedy === null ? nothing : html`<p class="remedy">${model.remedy}</p>`}
          ${
            model.commands.length === 0
              ? nothing
              : html`<div class="banner-buttons">
                  ${model.commands.map(
                    ({ title, command }, index) =>
                      html`<vscode-button
                        ?secondary=${index > 0}
                        @click=${() => post({ kind: "run", command })}
                        >${title}</vscode-button
                      >`,
                  )}
                </div>`
          }
        </div>
      </section>`;
    default:
      return assertNever(model);
  }
}
