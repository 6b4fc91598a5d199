import {
  type Disposable,
  Position,
  Range,
  type TextDocument,
  type TextEditor,
  TextEditorSelectionChangeKind,
  window,
  workspace,
} from "vscode";

import { Method, type Notifications } from "../generated/methods";
import type { InlineCompletionItem } from "../generated/protocol";
import type { Connection, EditorNotification } from "../sidecar/connection";
import { ShownSuggestion } from "./shown";

/** Follows the suggestion on this window's screen, and tells the sidecar what becomes of it. */
export class WindowShown implements Disposable {
  readonly #connection: () => Connection | undefined;
  readonly #shown: ShownSuggestion<TextDocument>;
  readonly #listening: Disposable[];

  constructor(connection: () => Connection | undefined) {
    this.#connection = connection;
    const shown = new ShownSuggestion<TextDocument>({
      shown: (traceId) => this.#tell(Method.phiCompletionShown, { traceId }),
      accepted: (traceId, part, length) =>
        this.#tell(Method.phiCompletionAccepted, { traceId, part, length }),
      rejected: (traceId, reason) => this.#tell(Method.phiCompletionRejected, { traceId, reason }),
    });
    this.#shown = shown;
    this.#listening = [
      workspace.onDidChangeTextDocument(({ document, contentChanges }) =>
        shown.edited(
          document,
          contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
            offset: rangeOffset,
            length: rangeLength,
            inserted: text.length,
          })),
        ),
      ),
      window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        if (textEditor === window.activeTextEditor) {
          this.#moved(textEditor, kind === TextEditorSelectionChangeKind.Keyboard);
        }
      }),
      window.onDidChangeActiveTextEditor((editor) => this.#moved(editor, false)),
    ];
  }

  /** Hears an answer that the editor took, with those of its items that it can show. */
  answered(document: TextDocument, traceId: string, items: readonly InlineCompletionItem[]): void {
    const start = items[0]?.range.start ?? { line: 0, character: 0 };
    this.#shown.answered({
      in: { document, textBetween: (start, end) => textBetween(document, start, end) },
      traceId,
      start: document.offsetAt(new Position(start.line, start.character)),
      texts: items.map(({ text }) => text),
    });
  }

  /** Hears from the editor that a suggestion was taken whole. */
  taken(): void {
    this.#shown.taken();
  }

  /**
   * Hears that the person wants nothing just now.
   *
   * @param underWay the trace id of what was being worked on, where nothing was shown yet.
   */
  dismissed(underWay: string | undefined): void {
    if (!this.#shown.dismissed() && underWay !== undefined) {
      this.#tell(Method.phiCompletionRejected, { traceId: underWay, reason: "dismissed" });
    }
  }

  dispose(): void {
    for (const one of this.#listening) {
      one.dispose();
    }
  }

  #moved(editor: TextEditor | undefined, byKeyboard: boolean): void {
    const { document } = editor ?? {};
    const cursor = editor === undefined ? undefined : onlyCursor(editor);
    this.#shown.moved(document, cursor && document?.offsetAt(cursor), byKeyboard);
  }

  #tell<M extends EditorNotification>(method: M, params: Notifications[M]["params"]): void {
    // A sidecar that has gone wants to know nothing.
    this.#connection()
      ?.notify(method, params)
      .catch(() => undefined);
  }
}

/** The cursor, where there is one and nothing is selected. */
export function onlyCursor(editor: TextEditor): Position | undefined {
  const [selection, ...others] = editor.selections;
  return others.length === 0 && selection?.isEmpty === true ? selection.active : undefined;
}

const textBetween = (document: TextDocument, start: number, end: number) =>
  document.getText(new Range(document.positionAt(start), document.positionAt(end)));
