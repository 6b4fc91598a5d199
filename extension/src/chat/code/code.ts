import type { AttachedCode, Lines } from "../conversation/conversation";

/** The most of a document that is attached, in UTF-16 units; no model reads as much. */
export const largestCode = 1_000_000;

const mostProblems = 20;

/** A file by its name. */
export interface FileName {
  /** Its whole path. */
  readonly path: string;
  /** Such as `stock.py`. */
  readonly name: string;
}

/** How a document is called. */
export interface DocumentName extends FileName {
  /** The path from the workspace's folder on. */
  readonly relativePath: string;
  /** What tells it from others of the same file, such as `, cell 3`; empty for the file itself. */
  readonly within: string;
}

/** What the editor complains of. */
export interface Problem {
  /** From 0. */
  readonly line: number;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly source: string | undefined;
}

/** The lines that a selection touches; one that ends at a line's beginning does not reach into it. */
export function wholeLines(selection: {
  readonly start: { readonly line: number };
  readonly end: { readonly line: number; readonly character: number };
}): Lines {
  const { start, end } = selection;
  const reaches = end.character > 0 || end.line === start.line;
  return { first: start.line, end: reaches ? end.line + 1 : end.line };
}

/**
 * Names code for the model and for people, such as `stock.py:3-10`.
 *
 * A name that another file has as well is told with its folders.
 */
export function labelOf(
  document: DocumentName,
  lines: Lines | null,
  others: readonly FileName[],
): string {
  const { path, name, relativePath, within } = document;
  const isShared = others.some((other) => other.name === name && other.path !== path);
  const base = (isShared ? relativePath : name) + within;
  if (lines === null) {
    return base;
  }
  const first = lines.first + 1;
  return first >= lines.end ? `${base}:${first}` : `${base}:${first}-${lines.end}`;
}

/** What the editor complains of within the lines, the errors first, a line each. */
export function problemLines(problems: readonly Problem[], lines: Lines | null): string[] {
  return problems
    .filter(({ line }) => lines === null || (line >= lines.first && line < lines.end))
    .sort((a, b) => rank(a) - rank(b) || a.line - b.line)
    .slice(0, mostProblems)
    .map(({ line, severity, message, source }) => {
      const told = message.replace(/\s*\r?\n\s*/g, " ");
      return `line ${line + 1}: ${severity}: ${told}${source ? ` (${source})` : ""}`;
    });
}

const rank = ({ severity }: Problem) => (severity === "error" ? 0 : 1);

/** Finds where attached code is now; null where it is the whole document, or no more in it. */
export function locate(document: string, { attachment, lines }: AttachedCode): Lines | null {
  if (lines === null) {
    return null;
  }
  const now = document.split(/\r\n|\r|\n/);
  const then = attachment.text.split(/\r\n|\r|\n/);
  const isAt = (first: number) => then.every((line, index) => now[first + index] === line);
  if (isAt(lines.first)) {
    return lines;
  }
  const moved = now.findIndex((_line, first) => isAt(first));
  return moved === -1 ? null : { first: moved, end: moved + then.length };
}
