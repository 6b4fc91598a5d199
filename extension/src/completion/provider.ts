import {
  type CancellationToken,
  type Command,
  type InlineCompletionContext,
  InlineCompletionItem,
  type InlineCompletionItemProvider,
  InlineCompletionTriggerKind,
  type LogOutputChannel,
  type Position,
  Range,
  type TextDocument,
} from "vscode";

import { TriggerKind } from "../generated/methods";
import type { InlineCompletionItem as Item } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { ask } from "./ask";
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
export class GhostTextProvider implements InlineCompletionItemProvider {
  readonly #source: CompletionSource;
  #asked = 0;

  constructor(source: CompletionSource) {
    this.#source = source;
  }

  async provideInlineCompletionItems(
    document: TextDocument,
    position: Position,
    context: InlineCompletionContext,
    token: CancellationToken,
  ): Promise<InlineCompletionItem[]> {
    const { log } = this.#source;
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
    const items = await ask(connection, question, token, (message) => log.warn(message));
    return items
      .flatMap((item) => shownItem(item, document, context))
      .map((item) => Object.assign(item, { command: this.#source.accepted }));
  }
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
