import { performance } from "node:perf_hooks";
import {
  type CancellationToken,
  CancellationTokenSource,
  type Command,
  commands,
  type Disposable,
  type InlineCompletionContext,
  InlineCompletionItem,
  type InlineCompletionItemProvider,
  InlineCompletionTriggerKind,
  type LogOutputChannel,
  type Position,
  Range,
  type TextDocument,
  window,
} from "vscode";

import { TriggerKind } from "../generated/methods";
import type { InlineCompletionItem as Item } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { later } from "../time";
import { Asking, type Question } from "./asking";
import { fitToSelected, type Replacement } from "./fit";

/** What the provider needs of the rest. */
export interface CompletionSource {
  /** The running sidecar, if there is one. */
  connection(): Connection | undefined;
  completionsOn(): boolean;
  /** Whether none shall come by itself; one that the person asks for comes all the same. */
  snoozed(): boolean;
  /** Runs when the person takes a suggestion. */
  readonly accepted: Command;
  readonly log: LogOutputChannel;
}

/** Shows what the sidecar suggests as ghost text. */
export class GhostTextProvider implements InlineCompletionItemProvider, Disposable {
  readonly #source: CompletionSource;
  readonly #asking: Asking;
  readonly #listening: Disposable[];
  #asked = 0;

  constructor(source: CompletionSource) {
    this.#source = source;
    const asking = new Asking({
      cancellation: () => new CancellationTokenSource(),
      isThere,
      askAgain: () => this.#askAgain(),
      nowMs: () => performance.now(),
      after: later,
      warn: (message) => source.log.warn(message),
    });
    this.#asking = asking;
    this.#listening = [
      window.onDidChangeTextEditorSelection(() => asking.moved()),
      window.onDidChangeActiveTextEditor(() => asking.moved()),
    ];
  }

  dispose(): void {
    for (const one of this.#listening) {
      one.dispose();
    }
  }

  async provideInlineCompletionItems(
    document: TextDocument,
    position: Position,
    context: InlineCompletionContext,
    token: CancellationToken,
  ): Promise<InlineCompletionItem[]> {
    const connection = this.#source.connection();
    if (connection === undefined || !this.#source.completionsOn()) {
      return [];
    }
    const invoked = context.triggerKind === InlineCompletionTriggerKind.Invoke;
    if (!invoked && this.#source.snoozed()) {
      return [];
    }
    this.#asked += 1;
    const question = {
      document,
      position: { line: position.line, character: position.character },
      triggerKind: invoked ? TriggerKind.invoked : TriggerKind.automatic,
      traceId: `completion-${this.#asked}`,
    };
    const items = await this.#asking.ask(connection, question, token);
    return items
      .flatMap((item) => shownItem(item, document, context))
      .map((item) => Object.assign(item, { command: this.#source.accepted }));
  }

  #askAgain(): void {
    if (this.#source.completionsOn() && !this.#source.snoozed()) {
      void commands.executeCommand("editor.action.inlineSuggest.trigger");
    }
  }
}

function isThere({ document, position }: Question): boolean {
  const editor = window.activeTextEditor;
  const cursor = editor?.selection;
  return (
    editor?.document === document &&
    cursor?.isEmpty === true &&
    cursor.active.line === position.line &&
    cursor.active.character === position.character
  );
}

function shownItem(
  item: Item,
  document: TextDocument,
  context: InlineCompletionContext,
): InlineCompletionItem[] {
  const { start, end } = item.range;
  const range = new Range(start.line, start.character, end.line, end.character);
  const selected = context.selectedCompletionInfo;
  if (selected === undefined) {
    return [new InlineCompletionItem(item.text, range)];
  }
  if (!range.isSingleLine || !selected.range.isSingleLine) {
    return [];
  }
  const fitted = fitToSelected(
    replacement(item.text, range),
    replacement(selected.text, selected.range),
    document.lineAt(range.start.line).text,
  );
  return fitted === undefined ? [] : [new InlineCompletionItem(fitted.text, selected.range)];
}

const replacement = (text: string, range: Range): Replacement => ({
  text,
  span: { line: range.start.line, start: range.start.character, end: range.end.character },
});
