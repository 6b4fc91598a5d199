/**
 * Finds the editor's identifier of a language by what an answer calls it.
 *
 * The panel has put the names that models use into the editor's; which languages there are, only
 * the editor knows. What it does not know is plain text.
 */
export function languageIdOf(name: string, known: readonly string[]): string {
  const lower = name.trim().toLowerCase();
  return known.find((one) => one.toLowerCase() === lower) ?? "plaintext";
}
