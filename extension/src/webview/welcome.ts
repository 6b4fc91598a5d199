import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";

import { assertNever } from "../assertNever";
import type { ConversationSummary } from "../chat/conversation/conversation";
import type { ModelState, ShownBetter, Surroundings } from "../chat/panel/panelMessages";
import { timeAgo } from "../timeAgo";
import { type Example, examplesFor } from "./examples";
import { icon, iconButton, type Post } from "./parts";

/** What is shown before the first question. */
export function welcome({
  surroundings,
  nowMs,
  onExample,
  onDelete,
  post,
}: {
  readonly surroundings: Surroundings | null;
  readonly nowMs: number;
  readonly onExample: (example: Example) => void;
  readonly onDelete: (conversation: ConversationSummary, index: number) => void;
  readonly post: Post;
}): TemplateResult {
  const recent = surroundings?.recent.slice(0, SHOWN_RECENT) ?? [];
  return html`<div class="welcome">
    <div class="welcome-head">
      ${icon("comment-discussion-sparkle")}
      <h2>Ask about your code</h2>
      <p>The model runs on this machine. Your code and your questions stay here.</p>
    </div>
    <ul class="examples" aria-label="Examples">
      ${examplesFor(surroundings?.editor ?? { selection: null, file: null }).map(
        (example) =>
          html`<li>
            <button type="button" class="example" @click=${() => onExample(example)}>
              ${icon(example.icon)}<span>${example.title}</span>
            </button>
          </li>`,
      )}
    </ul>
    ${
      recent.length === 0
        ? nothing
        : html`<section class="recent" aria-labelledby="recent-heading">
            <h3 id="recent-heading">Recent</h3>
            <ul>
              ${repeat(
                recent,
                ({ id }) => id,
                (conversation, index) =>
                  recentConversation(conversation, {
                    nowMs,
                    onDelete: () => onDelete(conversation, index),
                    post,
                  }),
              )}
            </ul>
            <button
              type="button"
              class="link"
              @click=${() => post({ kind: "run", command: "phiSidecar.showConversations" })}
            >
              All conversations…
            </button>
          </section>`
    }
    ${
      surroundings !== null && isStarter(surroundings.model)
        ? starterNote(surroundings.better, post)
        : nothing
    }
  </div>`;
}

const SHOWN_RECENT = 3;

const isStarter = (model: ModelState) => model.kind === "ready" && model.starter;

/** Says that there is a better model, or that it comes. */
const starterNote = (better: ShownBetter | null, post: Post) => html`<p class="starter-note">
  The small starter model answers. ${betterNote(better, post)}
</p>`;

function betterNote(better: ShownBetter | null, post: Post) {
  switch (better?.kind) {
    case undefined:
      return nothing;
    case "underWay":
      return html`${better.name} is being fetched.`;
    case "offer":
      return html`<button
        type="button"
        class="link"
        @click=${() => post({ kind: "run", command: "phiSidecar.chooseModel" })}
      >
        Get ${better.name} (${better.size})
      </button>`;
    default:
      return assertNever(better);
  }
}

function recentConversation(
  conversation: ConversationSummary,
  {
    nowMs,
    onDelete,
    post,
  }: {
    readonly nowMs: number;
    readonly onDelete: () => void;
    readonly post: Post;
  },
): TemplateResult {
  const { id, title, updatedMs } = conversation;
  return html`<li class="recent-conversation" data-conversation=${id}>
    <button
      type="button"
      class="recent-open"
      title=${title}
      @click=${() => post({ kind: "openConversation", id })}
    >
      <span class="recent-title">${title}</span>
      <span class="recent-time">${timeAgo(updatedMs, nowMs)}</span>
    </button>
    ${iconButton({
      icon: "trash",
      label: `Delete the conversation ${title}`,
      onClick: onDelete,
    })}
  </li>`;
}
