import { field, look, type TokenRule, tokenRules } from "./tokenRules";

// As in the editor's `colorThemeData.ts`; its "keyword - keyword.operator" is left out, for it
// matches nothing there either.
const groups: Readonly<Record<string, string[]>> = {
  comments: ["comment", "punctuation.definition.comment"],
  strings: ["string", "meta.embedded.assembly"],
  keywords: ["keyword.control", "storage", "storage.type"],
  numbers: ["constant.numeric"],
  types: ["entity.name.type", "entity.name.class", "support.type", "support.class"],
  functions: ["entity.name.function", "support.function"],
  variables: ["variable", "entity.name.variable"],
};

/** Gives the rules of `editor.tokenColorCustomizations` for a theme; later ones win. */
export function customRules(setting: unknown, theme: string): TokenRule[] {
  if (typeof setting !== "object" || setting === null) {
    return [];
  }
  const forTheme = Object.entries(setting).filter(([key]) => isForTheme(key, theme));
  return [...rulesOf(setting), ...forTheme.flatMap(([, own]) => rulesOf(own))];
}

function rulesOf(custom: unknown): TokenRule[] {
  const simple = Object.entries(groups).flatMap(([group, scope]) => {
    const value = field(custom, group);
    const settings = typeof value === "string" ? { foreground: value } : value;
    return typeof settings === "object" && settings !== null
      ? [{ scope, settings: look(settings) }]
      : [];
  });
  return [...simple, ...tokenRules(field(custom, "textMateRules"))];
}

/** Whether a key such as `[Monokai][*Dark*]` names the theme; a star stands for anything. */
function isForTheme(key: string, theme: string): boolean {
  if (!/^\[.*\]$/.test(key)) {
    return false;
  }
  return [...key.matchAll(/\[(.+?)\]/g)].some(([, name = ""]) => {
    const open = name.startsWith("*");
    const close = name.length > 1 && name.endsWith("*");
    const part = name.slice(open ? 1 : 0, close ? -1 : undefined);
    return (
      (open && close && theme.includes(part)) ||
      (open && !close && theme.endsWith(part)) ||
      (close && !open && theme.startsWith(part)) ||
      theme === name
    );
  });
}
