import type { ThemeRegistration } from "@shikijs/core";

/** What a stretch of code is, as far as colours tell; each has a class in `markdown.css`. */
export type TokenKind = (typeof kinds)[number]["kind"];

// The scopes are those that VS Code's own default themes colour; later ones win where both are as
// specific.
const kinds = [
  { kind: "comment", scope: ["comment", "punctuation.definition.comment"] },
  {
    kind: "keyword",
    scope: [
      "keyword",
      "keyword.operator.new",
      "keyword.operator.expression",
      "keyword.operator.logical.python",
    ],
  },
  { kind: "storage", scope: ["storage", "storage.type", "storage.modifier", "meta.preprocessor"] },
  {
    kind: "control",
    scope: [
      "keyword.control",
      "keyword.other.using",
      "keyword.other.directive.using",
      "keyword.operator.delete",
      "source.cpp keyword.operator.new",
      "keyword.other.operator",
      "storage.type.function.pragma",
    ],
  },
  { kind: "literal", scope: ["constant.language"] },
  { kind: "self", scope: ["variable.language"] },
  { kind: "operator", scope: ["keyword.operator"] },
  { kind: "plain", scope: ["punctuation", "meta.template.expression"] },
  {
    kind: "string",
    scope: ["string", "meta.embedded.assembly", "punctuation.definition.string"],
  },
  {
    kind: "regexp",
    scope: ["string.regexp", "constant.regexp", "keyword.operator.quantifier.regexp"],
  },
  { kind: "escape", scope: ["constant.character.escape", "constant.other.placeholder"] },
  {
    kind: "number",
    scope: ["constant.numeric", "keyword.other.unit", "keyword.operator.plus.exponent"],
  },
  {
    kind: "function",
    scope: [
      "entity.name.function",
      "punctuation.definition.decorator",
      "support.constant.handlebars",
      "source.powershell variable.other.member",
    ],
  },
  { kind: "builtin-function", scope: ["support.function"] },
  {
    kind: "type",
    scope: [
      "entity.name.type",
      "entity.name.class",
      "entity.name.namespace",
      "entity.name.scope-resolution",
      "entity.other.inherited-class",
      "storage.type.cs",
      "storage.type.java",
      "storage.type.groovy",
      "storage.type.numeric.go",
      "storage.type.byte.go",
      "storage.type.string.go",
      "storage.type.boolean.go",
    ],
  },
  { kind: "builtin-type", scope: ["support.class", "support.type"] },
  {
    kind: "variable",
    scope: [
      "variable",
      "meta.definition.variable.name",
      "support.variable",
      "entity.name.variable",
    ],
  },
  { kind: "parameter", scope: ["variable.parameter"] },
  { kind: "constant", scope: ["variable.other.constant", "variable.other.enummember"] },
  {
    kind: "property",
    scope: [
      "meta.object-literal.key",
      "support.type.property-name",
      "entity.name.tag.yaml",
      "support.type.vendored.property-name",
    ],
  },
  { kind: "tag", scope: ["entity.name.tag", "punctuation.definition.tag"] },
  { kind: "selector", scope: ["entity.name.tag.css", "entity.other.attribute-name.class.css"] },
  { kind: "attribute", scope: ["entity.other.attribute-name"] },
  { kind: "heading", scope: ["markup.heading", "entity.name.section"] },
  { kind: "inserted", scope: ["markup.inserted"] },
  { kind: "deleted", scope: ["markup.deleted"] },
  { kind: "changed", scope: ["markup.changed", "meta.diff.range", "meta.diff.header"] },
] as const;

/** A theme whose "colours" number the kinds: what they look like is up to the page's theme. */
export const kindTheme: ThemeRegistration = {
  name: "token-kinds",
  type: "dark",
  fg: "#000000",
  bg: "#ffffff",
  settings: [
    { settings: { foreground: "#000000", background: "#ffffff" } },
    ...kinds.map(({ scope }, index) => ({
      scope: [...scope],
      settings: { foreground: numberColour(index) },
    })),
  ],
};

/** Reads a kind back from its "colour"; nothing where the text is as it is by default. */
export function kindOfColour(colour: string | undefined): TokenKind | undefined {
  const kind = kinds.find((_, index) => numberColour(index) === colour?.toLowerCase())?.kind;
  return kind === "plain" ? undefined : kind;
}

function numberColour(index: number): string {
  return `#${(index + 1).toString(16).padStart(6, "0")}`;
}
