/** A stretch of one line, in UTF-16 code units. */
export interface Span {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

/** A text and what it replaces. */
export interface Replacement {
  readonly text: string;
  readonly span: Span;
}

/**
 * Fits a suggestion to what is selected in the suggest widget, or drops it.
 *
 * The editor shows ghost text beside an open widget only if it continues the selected entry and
 * replaces what that entry replaces; so the typed part of the word is put before the suggestion.
 *
 * @param lineText the text of the line that both are on.
 */
export function fitToSelected(
  suggestion: Replacement,
  selected: Replacement,
  lineText: string,
): Replacement | undefined {
  const { span } = suggestion;
  const wanted = selected.span;
  if (span.line !== wanted.line || span.start < wanted.start || span.end !== wanted.end) {
    return undefined;
  }
  const text = lineText.slice(wanted.start, span.start) + suggestion.text;
  return text.startsWith(selected.text) ? { text, span: wanted } : undefined;
}
