import { html, nothing, type TemplateResult } from "lit";

import { assertNever } from "../assertNever";
import type { ModelState, Surroundings } from "../chat/panel/panelMessages";
import { icon, iconButton, type Post } from "./parts";
import { modelName } from "./wording";

/** The row below the question: what to attach, what answers, and sending or stopping. */
export function composerToolbar({
  surroundings,
  answering,
  empty,
  post,
  onSend,
}: {
  readonly surroundings: Surroundings | null;
  readonly answering: boolean;
  readonly empty: boolean;
  readonly post: Post;
  readonly onSend: () => void;
}): TemplateResult {
  const editor = surroundings?.editor;
  return html`<div class="composer-toolbar">
    ${attachButton({ what: "selection", label: editor?.selection ?? null, post })}
    ${attachButton({ what: "file", label: editor?.file ?? null, post })}
    ${modelButton(surroundings?.model, post)}
    ${
      answering
        ? iconButton({
            icon: "stop-circle",
            label: "Stop the answer (Escape)",
            onClick: () => post({ kind: "stop" }),
          })
        : iconButton({
            icon: "send",
            label: empty ? "Send: type a question first" : "Send (Enter)",
            onClick: onSend,
            off: empty,
          })
    }
  </div>`;
}

const attachments = {
  selection: {
    icon: "list-selection",
    name: "Selection",
    missing: "Select code in an editor first",
  },
  file: { icon: "file-code", name: "File", missing: "Open a file in an editor first" },
} as const;

function attachButton({
  what,
  label,
  post,
}: {
  readonly what: "selection" | "file";
  readonly label: string | null;
  readonly post: Post;
}): TemplateResult {
  const { icon: codicon, name, missing } = attachments[what];
  const title = label === null ? missing : `Attach ${label}`;
  return html`<button
    type="button"
    class="attach"
    data-what=${what}
    title=${title}
    aria-label="${name}: ${title}"
    aria-disabled=${label === null}
    @click=${label === null ? nothing : () => post({ kind: "attach", what })}
  >
    ${icon(codicon)}<span class="attach-name">${name}</span>
  </button>`;
}

function modelButton(model: ModelState | undefined, post: Post): TemplateResult {
  const { title, name, accelerator } = describe(model);
  const shown = [name, accelerator].filter((part) => part !== null).join(" · ");
  return html`<button
    type="button"
    class="model"
    title="${title} Switch accelerator"
    aria-label="${shown}: switch accelerator"
    @click=${() => post({ kind: "run", command: "phiSidecar.switchAccelerator" })}
  >
    <span class=${accelerator === null ? "model-state" : "model-name"}>${name}</span>
    ${accelerator === null ? nothing : html`<span class="accelerator">${accelerator}</span>`}
    ${icon("chevron-down")}
  </button>`;
}

function describe(model: ModelState | undefined): {
  readonly title: string;
  readonly name: string;
  readonly accelerator: string | null;
} {
  switch (model?.kind) {
    case "ready": {
      const { accelerator } = model;
      const name = modelName({ name: model.model || "The model", starter: model.starter });
      return { title: `${name} answers on ${accelerator}.`, name, accelerator };
    }
    case undefined:
    case "preparing":
      return { title: "The model is being prepared.", name: "Preparing…", accelerator: null };
    case "unavailable":
      return { title: "No model can answer.", name: "No model", accelerator: null };
    default:
      return assertNever(model);
  }
}
