import { Theme } from "@shikijs/core/textmate";

import type { ColouredKind, TokenColours, TokenStyle } from "../chat/panel/panelMessages";
import type { TokenRule } from "./tokenRules";

type Scopes = Parameters<Theme["match"]>[0];

// What the grammars call a kind's tokens, from the file's scope to the token's own. Where the first
// has no rule in a theme, the next speaks for the kind.
const representatives: Readonly<Record<ColouredKind, readonly string[]>> = {
  comment: ["source comment.line", "source comment.block", "source punctuation.definition.comment"],
  keyword: ["source keyword.other"],
  storage: ["source storage.type", "source storage.modifier"],
  control: ["source keyword.control.flow", "source keyword.other"],
  literal: ["source constant.language"],
  self: ["source variable.language"],
  operator: ["source keyword.operator"],
  string: ["source string.quoted.double"],
  regexp: ["source string.regexp"],
  escape: ["source string.quoted.double constant.character.escape"],
  number: ["source constant.numeric.decimal"],
  function: ["source entity.name.function", "source support.function"],
  "builtin-function": ["source support.function"],
  type: ["source entity.name.type.class", "source entity.name.class", "source support.class"],
  "builtin-type": ["source support.type", "source support.class"],
  parameter: ["source variable.parameter"],
  variable: ["source variable.other.readwrite"],
  constant: ["source variable.other.constant"],
  property: [
    "source.json meta.structure.dictionary.json string.json support.type.property-name.json",
    "source.ts meta.object-literal.key",
  ],
  tag: ["text.html.derivative meta.tag.structure entity.name.tag.html"],
  selector: [
    "source.css meta.selector.css entity.other.attribute-name.class.css",
    "source.css meta.selector.css entity.name.tag.css",
  ],
  attribute: ["text.html.derivative meta.tag.structure entity.other.attribute-name.html"],
  heading: ["text.html.markdown markup.heading.markdown entity.name.section.markdown"],
  inserted: ["source.diff markup.inserted.diff"],
  deleted: ["source.diff markup.deleted.diff"],
  changed: ["source.diff meta.diff.range.unified", "source.diff markup.changed.diff"],
};

// `FontStyle` of vscode-textmate, whose values do not outlast its compilation.
const fontStyles = { italic: 1, bold: 2, underline: 4, strikethrough: 8 } as const;

/** Works out how each kind of token looks by a theme's rules; later ones win. */
export function tokenStyles(rules: readonly TokenRule[]): TokenColours {
  // The editor's own matching of scopes, so that what it prefers is preferred here.
  const theme = Theme.createFromRawTheme({ settings: [...rules] });
  const colours = theme.getColorMap();
  return Object.fromEntries(
    Object.entries(representatives).map(([kind, scopes]) => {
      const all = scopes.map((path) => styleOf(theme, colours, path.split(" ")));
      const plain = { color: null } satisfies TokenStyle;
      return [kind, all.find(({ color }) => color !== null) ?? all[0] ?? plain];
    }),
  );
}

function styleOf(theme: Theme, colours: readonly string[], scopes: readonly string[]): TokenStyle {
  let path: Scopes = null;
  let foreground = 0;
  let fontStyle = 0;
  for (const scopeName of scopes) {
    // All that matching reads of a stack of scopes, whose class is not exported.
    path = { parent: path, scopeName } as Scopes;
    const style = theme.match(path);
    // What a scope leaves open is as around it: 0 is no colour, -1 no style.
    foreground = style?.foregroundId || foreground;
    fontStyle = style === null || style.fontStyle < 0 ? fontStyle : style.fontStyle;
  }
  const names = Object.entries(fontStyles).filter(([, bit]) => (fontStyle & bit) !== 0);
  return {
    color: (foreground > 0 && colours[foreground]?.toLowerCase()) || null,
    ...(names.length > 0 && { fontStyle: names.map(([name]) => name).join(" ") }),
  };
}
