import { count, fields, kinds, oneOf, text } from "../shape";
import { type FromPanel, type PanelCommand, panelCommands } from "./panelMessages";

const id = text(64);
// A question holds what one types or pastes; an answer's code what a model writes. What is typed
// may be too long to be asked, and is kept all the same.
const question = text(200_000);
const much = text(2_000_000);

const nothing = fields<object>({});
const byId = fields<{ id: string }>({ id });
const someText = fields<{ text: string }>({ text: much });

const isFromPanel = kinds<FromPanel>({
  ready: nothing,
  ask: fields<{ text: string }>({ text: question }),
  stop: nothing,
  regenerate: fields<{ turn: string }>({ turn: id }),
  showAnswer: fields<{ turn: string; answer: number }>({ turn: id, answer: count }),
  openConversation: byId,
  deleteConversation: byId,
  attach: fields<{ what: "selection" | "file" }>({ what: oneOf("selection", "file") }),
  detach: byId,
  openAttachment: byId,
  draft: someText,
  copy: someText,
  insert: someText,
  newFile: fields<{ text: string; languageId: string }>({ text: much, languageId: text(64) }),
  openLink: fields<{ href: string }>({ href: text(8_192) }),
  run: fields<{ command: PanelCommand }>({ command: oneOf(...panelCommands) }),
  failed: fields<{ what: string }>({ what: text(200) }),
});

/**
 * Checks a message of the panel; undefined for one that it would not send.
 *
 * The panel draws what a model wrote. Were that ever to get the better of it, it could still do no
 * more than a person's clicks.
 */
export function readFromPanel(message: unknown): FromPanel | undefined {
  return isFromPanel(message) ? message : undefined;
}

const schemes = ["http:", "https:", "mailto:"];

/** The address of a link that may be opened outside; undefined for any other. */
export function openableLink(href: string): string | undefined {
  try {
    const { protocol, href: address } = new URL(href);
    return schemes.includes(protocol) ? address : undefined;
  } catch {
    return undefined;
  }
}
