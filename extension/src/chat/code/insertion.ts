/** Where code is put. */
export interface InsertionPlace {
  /** The line in which it begins. */
  readonly line: string;
  /** Where in the line, in UTF-16 units. */
  readonly character: number;
  /** What it replaces; empty where nothing is selected. */
  readonly selected: string;
  /** Whether the line goes on after what is replaced. */
  readonly textAfter: boolean;
  /** Whether the document ends with what is replaced. */
  readonly atEnd: boolean;
  readonly eol: string;
  /** Whether the document indents with tabs. */
  readonly tabs: boolean;
}

/** Code as it is put in. */
export interface Insertion {
  readonly text: string;
  /** How much of the text stands before the cursor afterwards. */
  readonly cursor: number;
}

/**
 * Fits code to the place where it is inserted.
 *
 * A model writes a block from the first column. Put where a line begins, all of it takes on that
 * line's indentation; anywhere else it is put in as it is.
 */
export function fitInsertion(code: string, place: InsertionPlace): Insertion {
  const { line, character, selected, textAfter, atEnd, eol, tabs } = place;
  const lines = code.replace(/(?:\r\n|\r|\n)+$/, "").split(/\r\n|\r|\n/);
  const indentation = /^[ \t]*/.exec(line)?.[0] ?? "";
  const atBeginning = character <= indentation.length;
  const fitted =
    atBeginning && isAtFirstColumn(lines) ? indented(lines, place, indentation) : lines;
  const text = (tabs ? withTabs(fitted) : fitted).join(eol);
  // Whole lines are replaced by whole lines, the last one of a file included.
  const endsFile = atEnd && atBeginning && /[\r\n]$/.test(code);
  if (endsFile || /[\r\n]$/.test(selected)) {
    return { text: text + eol, cursor: text.length };
  }
  // A block does not run into what stood behind the cursor.
  const parted = atBeginning && textAfter && lines.length > 1;
  return {
    text: parted ? text + eol + line.slice(0, character) : text,
    cursor: text.length,
  };
}

function indented(
  lines: readonly string[],
  { character }: InsertionPlace,
  indentation: string,
): readonly string[] {
  return lines.map((one, index) => {
    if (one.trim() === "") {
      return index === 0 ? one : "";
    }
    // Of the first line's indentation a part may stand there already.
    return (index === 0 ? indentation.slice(character) : indentation) + one;
  });
}

const isAtFirstColumn = (lines: readonly string[]) =>
  /^\S/.test(lines.find((line) => line.trim() !== "") ?? "");

/** Turns each step of indentation by spaces into a tab. */
function withTabs(lines: readonly string[]): readonly string[] {
  const widths = lines
    .map((line) => /^\t*( *)\S/.exec(line)?.[1]?.length ?? 0)
    .filter((width) => width > 1);
  if (widths.length === 0) {
    return lines;
  }
  const step = Math.min(...widths);
  return lines.map((line) =>
    line.replace(
      /^(\t*)( +)(?=\S)/,
      (_all, before: string, { length }: string) =>
        before + "\t".repeat(Math.floor(length / step)) + " ".repeat(length % step),
    ),
  );
}
