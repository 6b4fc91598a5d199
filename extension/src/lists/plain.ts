/**
 * Makes text mean itself in a list and in the status bar.
 *
 * There the editor draws `$(name)` as an icon, and a person may have called a model that.
 */
export function plain(text: string): string {
  return text.replaceAll("$(", "\\$(");
}
