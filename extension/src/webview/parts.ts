import { html, nothing, type TemplateResult } from "lit";

import type { FromPanel, ShownAttachment } from "../chat/panel/panelMessages";
import { fitOf } from "./wording";

export type Post = (message: FromPanel) => void;

export function icon(name: string): TemplateResult {
  return html`<span class="codicon codicon-${name}" aria-hidden="true"></span>`;
}

/** A button that is only an icon; one that is off says why in its label, and keeps the focus. */
export function iconButton({
  icon: name,
  label,
  onClick,
  off = false,
}: {
  readonly icon: string;
  readonly label: string;
  readonly onClick: () => void;
  readonly off?: boolean;
}): TemplateResult {
  return html`<button
    type="button"
    class="icon-button"
    title=${label}
    aria-label=${label}
    aria-disabled=${off}
    @click=${off ? nothing : onClick}
  >
    ${icon(name)}
  </button>`;
}

/** Code that goes with a question: its place, how much of it is read, and where it can be removed. */
export function chip(
  attachment: ShownAttachment,
  { post, removable }: { readonly post: Post; readonly removable: boolean },
): TemplateResult {
  const { id, label } = attachment;
  const { size, keptLines } = fitOf(attachment);
  const cut = keptLines !== null;
  return html`<li class="chip ${cut ? "cut" : ""}" data-attachment=${id}>
    <div class="chip-body">
      <button
        type="button"
        class="chip-place"
        title="Show ${label} in the editor"
        @click=${() => post({ kind: "openAttachment", id })}
      >
        ${icon("file-code")}<span class="chip-label">${label}</span>
      </button>
      <span class="chip-fit">${cut ? icon("warning") : nothing}${size}${
        cut ? html` <span class="kept-lines">${keptLines}</span>` : nothing
      }</span>
    </div>
    ${
      removable
        ? iconButton({
            icon: "close",
            label: `Remove ${label}`,
            onClick: () => post({ kind: "detach", id }),
          })
        : nothing
    }
  </li>`;
}
