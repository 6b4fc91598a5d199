import type { ColouredKind, TokenColours } from "../chat/panel/panelMessages";
import { over, type Rgb, readColour } from "./contrast";
import { tokenVariables } from "./tokenVariables";

// Every kind, for those of an earlier theme to go again.
const kinds: Readonly<Record<ColouredKind, true>> = {
  comment: true,
  keyword: true,
  storage: true,
  control: true,
  literal: true,
  self: true,
  operator: true,
  string: true,
  regexp: true,
  escape: true,
  number: true,
  function: true,
  "builtin-function": true,
  type: true,
  "builtin-type": true,
  variable: true,
  parameter: true,
  constant: true,
  property: true,
  tag: true,
  selector: true,
  attribute: true,
  heading: true,
  inserted: true,
  deleted: true,
  changed: true,
};

/** Gives the page the colours of the editor's theme, where they can be read on its background. */
export class TokenColoursInPage {
  readonly #document: Document;
  #colours: TokenColours | null = null;

  constructor(document: Document) {
    this.#document = document;
    // A new theme changes the background before its colours come, and some change nothing else.
    new MutationObserver(() => this.#draw()).observe(document.documentElement, {
      attributeFilter: ["style"],
    });
  }

  /** Shows code in these colours from now on; null for the panel's own. */
  show(colours: TokenColours | null): void {
    this.#colours = colours;
    this.#draw();
  }

  #draw(): void {
    const { style } = this.#document.documentElement;
    const background = this.#background();
    for (const kind of Object.keys(kinds) as ColouredKind[]) {
      const variables = tokenVariables(this.#colours?.[kind], background);
      for (const [suffix, value] of Object.entries(variables)) {
        const name = `--phi-token-${kind}${suffix}`;
        // Written only where it differs, or the observer would hear of its own doing for ever.
        if (style.getPropertyValue(name) !== (value ?? "")) {
          style.setProperty(name, value);
        }
      }
    }
  }

  /** What lies behind code, as `codeBlock.css` and `base.css` have it. */
  #background(): Rgb | undefined {
    const style = this.#document.defaultView?.getComputedStyle(this.#document.documentElement);
    const read = (name: string) => readColour(style?.getPropertyValue(name) ?? "");
    const page = read("--vscode-sideBar-background") ?? read("--vscode-editor-background");
    const code = read("--vscode-textCodeBlock-background");
    if (page === undefined) {
      return code?.alpha === 1 ? code.rgb : undefined;
    }
    return code === undefined ? page.rgb : over(code, page.rgb);
  }
}
