import {
  commands,
  EndOfLine,
  env,
  languages,
  NotebookRange,
  Range,
  Selection,
  type TextDocument,
  type TextEditor,
  Uri,
  window,
  workspace,
} from "vscode";

import { notificationText } from "../notificationText";
import { locate } from "./code/code";
import { fitInsertion } from "./code/insertion";
import { languageIdOf } from "./code/languageIds";
import type { AttachedCode } from "./conversation/conversation";
import { openableLink } from "./panel/panelInput";

/** Copies text as it is. */
export async function copy(text: string): Promise<void> {
  await env.clipboard.writeText(text);
}

/** Opens a link in the browser, if it is one that goes there. */
export async function openLink(href: string): Promise<void> {
  const address = openableLink(href);
  if (address !== undefined) {
    await env.openExternal(Uri.parse(address, true));
  }
}

/** Opens an untitled file that holds the code. */
export async function newFile(code: string, languageName: string): Promise<void> {
  const language = languageIdOf(languageName, await languages.getLanguages());
  const content = code.endsWith("\n") ? code : `${code}\n`;
  await window.showTextDocument(await workspace.openTextDocument({ language, content }));
}

/** Puts code where the cursor is, in the place of what is selected; one step to undo. */
export async function insert(editor: TextEditor | undefined, code: string): Promise<void> {
  const inNewFile = "New File";
  if (editor === undefined) {
    const message = "Open a file to insert the code into, or put it into a new one.";
    if ((await window.showInformationMessage(message, inNewFile)) === inNewFile) {
      await newFile(code, "");
    }
    return;
  }
  const { document, selection } = editor;
  const rest = document.lineAt(selection.end.line).text.slice(selection.end.character);
  const { text, cursor } = fitInsertion(code, {
    line: document.lineAt(selection.start.line).text,
    character: selection.start.character,
    selected: document.getText(selection),
    textAfter: rest.trim() !== "",
    atEnd: rest === "" && selection.end.line === document.lineCount - 1,
    eol: document.eol === EndOfLine.CRLF ? "\r\n" : "\n",
    tabs: editor.options.insertSpaces === false,
  });
  const begin = document.offsetAt(selection.start);
  const whole = { undoStopBefore: true, undoStopAfter: true };
  if (!(await editor.edit((edit) => edit.replace(selection, text), whole))) {
    const message = "The code could not be inserted: the file does not take changes.";
    if ((await window.showWarningMessage(message, inNewFile)) === inNewFile) {
      await newFile(code, document.languageId);
    }
    return;
  }
  const end = document.positionAt(begin + cursor);
  editor.selections = [new Selection(end, end)];
  await focus(editor);
}

/** Shows where attached code is from. */
export async function openAttachment(attached: AttachedCode): Promise<void> {
  const uri = Uri.parse(attached.attachment.uri);
  try {
    if (uri.scheme === "vscode-notebook-cell") {
      await openCell(uri);
      return;
    }
    const document = await documentAt(uri);
    const lines = locate(document.getText(), attached);
    const selection =
      lines === null
        ? undefined
        : new Range(lines.first, 0, lines.end - 1, Number.MAX_SAFE_INTEGER);
    await window.showTextDocument(document, selection === undefined ? {} : { selection });
  } catch {
    const message = `${attached.attachment.label} is no longer there.`;
    void window.showInformationMessage(notificationText(message));
  }
}

/** Opens a document; one that was never saved is not made anew. */
async function documentAt(uri: Uri): Promise<TextDocument> {
  if (uri.scheme === "untitled") {
    const address = uri.toString();
    const open = workspace.textDocuments.find((one) => one.uri.toString() === address);
    if (open === undefined) {
      throw new Error("It was closed.");
    }
    return open;
  }
  return workspace.openTextDocument(uri);
}

async function openCell(uri: Uri): Promise<void> {
  const address = uri.toString();
  for (const notebook of workspace.notebookDocuments) {
    const at = notebook.getCells().findIndex((cell) => cell.document.uri.toString() === address);
    if (at !== -1) {
      await window.showNotebookDocument(notebook, { selections: [new NotebookRange(at, at + 1)] });
      return;
    }
  }
  throw new Error("It was closed.");
}

async function focus({ document, viewColumn }: TextEditor): Promise<void> {
  if (document.uri.scheme === "vscode-notebook-cell" || viewColumn === undefined) {
    // A cell, or one side of a diff, has no editor of its own that could be shown.
    await commands.executeCommand("workbench.action.focusActiveEditorGroup");
    return;
  }
  await window.showTextDocument(document, { viewColumn });
}
