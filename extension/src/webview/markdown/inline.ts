import DOMPurify, { type Config, type DOMPurify as Purifier } from "dompurify";
import type { Env, MarkdownIt, RendererRule, Token } from "markdown-it";

import { openableAddress } from "./addresses";
import type { LinkDefinitions } from "./definitions";
import { makeParser } from "./parser";
import { codePointName, splitAtHidden } from "./visibleCharacters";

/** What inline text may become; the hostile corpus is held against the same lists. */
export const inlineTags = ["a", "br", "code", "em", "s", "span", "strong"] as const;
export const inlineAttributes = ["class", "href", "title"] as const;
export const inlineClasses = ["phi-hidden-character", "phi-address"] as const;

// Longer text in one block is shown as it was written, in stretches that are laid out by
// themselves: with every update it would be parsed and laid out again.
const LONGEST_PARSED = 20_000;
const STRETCH = 4_000;

// What has none of these is nothing but text.
const PLAIN = /^[^\\`*_~[<&\n]*$/;

const PURIFYING = {
  ALLOWED_TAGS: [...inlineTags],
  ALLOWED_ATTR: [...inlineAttributes],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  RETURN_DOM_FRAGMENT: true,
} as const satisfies Config;

/** Inline text as nodes, with the labels that it looked for in vain. */
export interface DrawnInline {
  readonly nodes: DocumentFragment;
  readonly missed: ReadonlySet<string>;
}

/** What the rendering of one text keeps in mind. */
interface InlineEnv extends Env {
  /** The links that are open, outermost first. */
  readonly links: OpenLink[];
}

interface OpenLink {
  readonly written: string;
  /** Whether it became a link in the page. */
  readonly isLink: boolean;
}

/** Turns the inline text of blocks into nodes that can do nothing. */
export class InlineText {
  readonly #parser: MarkdownIt = inlineParser();
  readonly #purifier: Purifier = purifier();

  draw(content: string, definitions: LinkDefinitions): DrawnInline {
    if (content.length > LONGEST_PARSED) {
      return { nodes: stretches(content), missed: new Set() };
    }
    if (PLAIN.test(content)) {
      return { nodes: textNodes(content), missed: new Set() };
    }
    const missed = new Set<string>();
    const env: InlineEnv = { references: definitions.lookup(missed), links: [] };
    const tokens: Token[] = [];
    this.#parser.inline.parse(content, this.#parser, env, tokens);
    const html = this.#parser.renderer.render(tokens, this.#parser.options, env);
    return { nodes: this.#purifier.sanitize(html, PURIFYING), missed };
  }
}

function textNodes(text: string): DocumentFragment {
  const nodes = document.createDocumentFragment();
  appendText(nodes, text, "prose");
  return nodes;
}

function stretches(text: string): DocumentFragment {
  const nodes = document.createDocumentFragment();
  for (let from = 0; from < text.length; ) {
    const split = /[\ud800-\udbff]/.test(text.charAt(from + STRETCH - 1));
    const to = from + STRETCH + (split ? 1 : 0);
    const stretch = document.createElement("span");
    stretch.className = "phi-stretch";
    appendText(stretch, text.slice(from, to), "prose");
    nodes.append(stretch);
    from = to;
  }
  return nodes;
}

/** Appends text in which the characters that hide themselves can be seen. */
export function appendText(to: ParentNode, text: string, setting: "code" | "prose"): void {
  for (const stretch of splitAtHidden(text, setting)) {
    if (stretch.kind === "text") {
      to.append(stretch.text);
    } else {
      const mark = document.createElement("span");
      mark.className = "phi-hidden-character";
      mark.textContent = codePointName(stretch.character);
      to.append(mark);
    }
  }
}

function inlineParser(): MarkdownIt {
  const parser = makeParser();
  const { escapeHtml } = parser.utils;
  const textHtml = (text: string, setting: "code" | "prose") =>
    splitAtHidden(text, setting)
      .map((stretch) =>
        stretch.kind === "text"
          ? escapeHtml(stretch.text)
          : `<span class="phi-hidden-character">${codePointName(stretch.character)}</span>`,
      )
      .join("");
  const openLink = (links: OpenLink[], written: string) => {
    const address = links.some(({ isLink }) => isLink) ? undefined : openableAddress(written);
    links.push({ written, isLink: address !== undefined });
    return address === undefined
      ? ""
      : `<a href="${escapeHtml(address)}" title="${escapeHtml(address)}">`;
  };
  const closeLink = (links: OpenLink[]) => {
    const link = links.pop();
    if (link?.isLink === true) {
      return "</a>";
    }
    // What may not be opened says where it would have led; an image in a link leads where that does.
    return link === undefined || openableAddress(link.written) !== undefined
      ? ""
      : ` <span class="phi-address">(${textHtml(link.written, "code")})</span>`;
  };
  const text: RendererRule = (tokens, index) => textHtml(tokens[index]?.content ?? "", "prose");
  parser.renderer.rules.text = text;
  parser.renderer.rules.text_special = text;
  parser.renderer.rules.code_inline = (tokens, index) =>
    `<code>${textHtml(tokens[index]?.content ?? "", "code")}</code>`;
  parser.renderer.rules.link_open = (tokens, index, _options, env) =>
    openLink(linksOf(env), String(tokens[index]?.attrGet("href") ?? ""));
  parser.renderer.rules.link_close = (_tokens, _index, _options, env) => closeLink(linksOf(env));
  // An image is never loaded: its description leads to it.
  parser.renderer.rules.image = (tokens, index, _options, env) => {
    const links = linksOf(env);
    const address = String(tokens[index]?.attrGet("src") ?? "");
    const open = openLink(links, address);
    const shown = textHtml(tokens[index]?.content || address, "prose");
    return open + shown + closeLink(links);
  };
  return parser;
}

function linksOf(env: Env | undefined): OpenLink[] {
  return (env as InlineEnv | undefined)?.links ?? [];
}

function purifier(): Purifier {
  const made = DOMPurify(window);
  made.addHook("uponSanitizeAttribute", (_element, attribute) => {
    if (attribute.attrName === "class") {
      attribute.keepAttr = inlineClasses.some((name) => name === attribute.attrValue);
    }
  });
  return made;
}
