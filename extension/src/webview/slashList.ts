import { html, type TemplateResult } from "lit";

import type { SlashChoice } from "./slashCommands";

export const slashOptionId = (index: number) => `slash-option-${index}`;

/** The list of commands above the composer; the keyboard stays in the composer. */
export function slashList(
  choices: readonly SlashChoice[],
  {
    highlighted,
    onChoose,
  }: { readonly highlighted: number; readonly onChoose: (choice: SlashChoice) => void },
): TemplateResult {
  return html`<ul
    class="slash-list"
    id="slash-list"
    role="listbox"
    aria-label="Commands"
    @mousedown=${(event: MouseEvent) => event.preventDefault()}
  >
    ${choices.map(
      (choice, index) => html`<li
        role="option"
        id=${slashOptionId(index)}
        aria-selected=${index === highlighted}
        @click=${() => onChoose(choice)}
      >
        <span class="slash-command">/${choice.command}</span>
        <span class="slash-explanation">${choice.explanation}</span>
      </li>`,
    )}
  </ul>`;
}
