import type { TokenStyle } from "../chat/panel/panelMessages";
import { contrast, over, type Rgb, readHex, strengthened, writeHex } from "./contrast";

// A theme's colour is for its own editor, and code in the panel lies on another background.
const READABLE = 3;
// WCAG AA, which the panel keeps to.
const GOOD = 4.5;

/** The custom properties of one kind of token that `tokens.css` reads; null for its own look. */
export type TokenVariables = Readonly<Record<"" | "-style" | "-weight" | "-line", string | null>>;

/** Puts the look of a kind into its properties. Nothing but colours and known words gets through. */
export function tokenVariables(
  style: TokenStyle | undefined,
  background: Rgb | undefined,
): TokenVariables {
  const words = new Set(style?.fontStyle?.split(" "));
  const lines = [
    ...(words.has("underline") ? ["underline"] : []),
    ...(words.has("strikethrough") ? ["line-through"] : []),
  ];
  return {
    "": style === undefined ? null : colourOf(style.color, background),
    "-style": words.has("italic") ? "italic" : null,
    "-weight": words.has("bold") ? "bold" : null,
    "-line": lines.length > 0 ? lines.join(" ") : null,
  };
}

function colourOf(colour: string | null, background: Rgb | undefined): string | null {
  if (colour === null) {
    return "var(--vscode-editor-foreground)";
  }
  const paint = readHex(colour);
  if (paint === undefined || background === undefined) {
    return null;
  }
  const seen = over(paint, background);
  if (contrast(seen, background) < READABLE) {
    return null;
  }
  return writeHex(strengthened(seen, background, GOOD));
}
