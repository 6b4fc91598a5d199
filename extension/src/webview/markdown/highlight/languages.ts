import { type Language, languages } from "./languageTable";

// The beginning of what stands behind a fence, such as `py`, `{.python}`, `js:app.js` or
// `ts {1,3}`.
const NAME = /^[{.\s]*([a-z0-9+#_-]+)/i;

const byName = new Map(
  languages.flatMap((language) =>
    [language.id, language.languageId, ...language.aliases.split(" ")]
      .filter((name) => name !== "")
      .map((name): [string, Language] => [name, language]),
  ),
);

/** Finds the language that a fence names; nothing where it names none that is known. */
export function languageOf(info: string): Language | undefined {
  return byName.get(writtenName(info).toLowerCase());
}

/** Says for people which language a fence names. */
export function languageLabel(info: string): string {
  return languageOf(info)?.name ?? plausibleName(info) ?? "Text";
}

/** What the editor calls the language that a fence names: its own extensions may know one more. */
export function languageIdOf(info: string): string {
  return languageOf(info)?.languageId ?? plausibleName(info) ?? "plaintext";
}

/** A name as it is written, where it can be one. */
function plausibleName(info: string): string | undefined {
  const name = writtenName(info);
  return /^[\w+#.-]{1,30}$/.test(name) ? name : undefined;
}

function writtenName(info: string): string {
  return NAME.exec(info)?.[1] ?? "";
}
