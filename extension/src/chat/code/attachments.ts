import {
  DiagnosticSeverity,
  type Disposable,
  languages,
  Range,
  type TextDocument,
  type TextEditor,
  Uri,
  window,
  workspace,
} from "vscode";

import { documentSelector } from "../../documents";
import type { AttachedCode, Lines } from "../conversation/conversation";
import type { Surroundings } from "../panel/panelMessages";
import {
  type DocumentName,
  type FileName,
  labelOf,
  largestCode,
  type Problem,
  problemLines,
  wholeLines,
} from "./code";
import type { EditorCode, Offer } from "./editorCode";

// Documents that are no file of anybody's: what the editor itself writes or asks.
const nobodys = ["output", "comment", "debug", "vscode-scm", "search-editor"];

/** Takes code out of the editor in front of the person. */
export class WindowCode implements EditorCode, Disposable {
  #editor: TextEditor | undefined;
  readonly #listening: Disposable[];

  /** @param changed hears when something else could be attached. */
  constructor(changed: () => void) {
    this.#take(window.activeTextEditor);
    this.#listening = [
      window.onDidChangeActiveTextEditor((editor) => {
        this.#take(editor);
        changed();
      }),
      window.onDidChangeVisibleTextEditors(changed),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor === this.#editor) {
          changed();
        }
      }),
    ];
  }

  /** The editor that the person was last in, while it is still there to be seen. */
  get editor(): TextEditor | undefined {
    const visible = window.visibleTextEditors.filter(isSomebodys);
    return visible.find((one) => one === this.#editor) ?? visible[0];
  }

  labels(): Surroundings["editor"] {
    const { editor } = this;
    if (editor === undefined) {
      return { selection: null, file: null };
    }
    const label = (lines: Lines | null) => labelIn(editor.document, lines, []);
    const { selection } = editor;
    return {
      selection: selection.isEmpty ? null : label(wholeLines(selection)),
      file: label(null),
    };
  }

  selection(beside: readonly AttachedCode[]): Offer {
    const { editor } = this;
    if (editor === undefined || editor.selection.isEmpty) {
      return { kind: "refused", reason: "Select some code in an editor first, then try again." };
    }
    const lines = wholeLines(editor.selection);
    return code({ editor, lines, focusLine: null, beside });
  }

  file(beside: readonly AttachedCode[]): Offer {
    const { editor } = this;
    if (editor === undefined) {
      return { kind: "refused", reason: "Open a file or select some code first, then try again." };
    }
    return code({ editor, lines: null, focusLine: editor.selection.active.line, beside });
  }

  dispose(): void {
    for (const one of this.#listening) {
      one.dispose();
    }
  }

  /** Stays with the last one while the keyboard is in the panel, or in what is nobody's file. */
  #take(editor: TextEditor | undefined): void {
    if (editor !== undefined && isSomebodys(editor)) {
      this.#editor = editor;
    }
  }
}

const isSomebodys = ({ document }: TextEditor) => !nobodys.includes(document.uri.scheme);

interface Wanted {
  readonly editor: TextEditor;
  readonly lines: Lines | null;
  readonly focusLine: number | null;
  readonly beside: readonly AttachedCode[];
}

function code({ editor: { document }, lines, focusLine, beside }: Wanted): Offer {
  const label = labelIn(document, lines, beside);
  const last = lines === null ? document.lineCount : lines.end;
  const range = new Range(lines?.first ?? 0, 0, last - 1, Number.MAX_SAFE_INTEGER);
  const text = document.getText(document.validateRange(range));
  if (text.length > largestCode) {
    const reason = `${label} is too large to attach. Select the part that matters and attach that.`;
    return { kind: "refused", reason };
  }
  if (text.trim() === "") {
    return { kind: "refused", reason: `${label} is empty. Select some code or open another file.` };
  }
  const attachment = {
    uri: sourceOf(document.uri).toString(),
    label,
    languageId: document.languageId,
    text: text.replace(/\r\n?/g, "\n"),
    focusLine,
    problems: problemLines(problemsIn(document), lines),
  };
  return { kind: "code", code: { attachment, lines } };
}

/**
 * The file that a document shows.
 *
 * A diff's older side has an address of its own kind. What is excluded there by its path must be
 * excluded here too, and that is decided by the file.
 */
function sourceOf(uri: Uri): Uri {
  return documentSelector.some(({ scheme }) => scheme === uri.scheme)
    ? uri
    : uri.with({ scheme: "file", authority: "", query: "", fragment: "" });
}

function labelIn(
  document: TextDocument,
  lines: Lines | null,
  beside: readonly AttachedCode[],
): string {
  const open = workspace.textDocuments.map(({ uri }) => uri);
  const attached = beside.map(({ attachment }) => Uri.parse(attachment.uri));
  return labelOf(nameOf(document), lines, [...open, ...attached].map(fileName));
}

function nameOf(document: TextDocument): DocumentName {
  const uri = sourceOf(document.uri);
  const relativePath = workspace.asRelativePath(uri);
  return { ...fileName(uri), relativePath, within: withinFile(document) };
}

function fileName({ path }: Uri): FileName {
  return { path, name: path.split("/").at(-1) || path };
}

/** Tells a cell from its notebook, and a diff's older side from the file as it is. */
function withinFile(document: TextDocument): string {
  const { uri } = document;
  const cell = cellNumber(document);
  if (cell !== undefined) {
    return `, cell ${cell}`;
  }
  return uri.scheme === sourceOf(uri).scheme ? "" : ` (${uri.scheme})`;
}

/** The number of a notebook's cell, from 1. */
function cellNumber({ uri }: TextDocument): number | undefined {
  if (uri.scheme !== "vscode-notebook-cell") {
    return undefined;
  }
  const address = uri.toString();
  for (const notebook of workspace.notebookDocuments) {
    const at = notebook.getCells().findIndex((cell) => cell.document.uri.toString() === address);
    if (at !== -1) {
      return at + 1;
    }
  }
  return undefined;
}

function problemsIn(document: TextDocument): Problem[] {
  return languages.getDiagnostics(document.uri).flatMap(({ severity, range, message, source }) => {
    const told = severities.get(severity);
    return told === undefined ? [] : [{ line: range.start.line, severity: told, message, source }];
  });
}

const severities = new Map<DiagnosticSeverity, Problem["severity"]>([
  [DiagnosticSeverity.Error, "error"],
  [DiagnosticSeverity.Warning, "warning"],
]);
