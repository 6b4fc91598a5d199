import { parseJsonc } from "./jsonc";
import { field, type TokenRule, tokenRules } from "./tokenRules";

// The default themes go four deep.
const MOST_FILES = 16;

/** What reading a theme's files needs of the world; `File` is how it names one. */
export interface ThemeFiles<File> {
  read(file: File): Promise<string>;
  /** Finds a file by its path relative to another. */
  beside(file: File, path: string): File;
}

/**
 * Reads a theme's rules, those of the files that it includes first.
 *
 * Throws where a file cannot be read or the rules are in a format other than VS Code's own JSON.
 */
export async function readTokenRules<File>(
  file: File,
  files: ThemeFiles<File>,
  most = MOST_FILES,
): Promise<TokenRule[]> {
  if (most === 0) {
    throw new Error("The theme includes too many files, or itself.");
  }
  const theme = parseJsonc(await files.read(file));
  const include = field(theme, "include");
  const included =
    typeof include === "string"
      ? await readTokenRules(files.beside(file, include), files, most - 1)
      : [];
  return [...included, ...ownRules(theme)];
}

function ownRules(theme: unknown): TokenRule[] {
  // `settings` is what themes have that were converted from TextMate's.
  const own = field(theme, "settings") ?? field(theme, "tokenColors");
  if (own !== undefined && !Array.isArray(own)) {
    throw new Error("The theme keeps its token colours in another format.");
  }
  return tokenRules(own);
}
