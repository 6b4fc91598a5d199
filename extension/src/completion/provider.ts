import { performance } from "node:perf_hooks";
import {
  type CancellationToken,
  CancellationTokenSource,
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

import { unlistedCommands } from "../commandTable";
import { TriggerKind } from "../generated/methods";
import type { InlineCompletionResult, InlineCompletionItem as Item } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { later } from "../time";
import { Asking, type Question } from "./asking";
import { fitToSelected, type Replacement } from "./fit";
import { onlyCursor, WindowShown } from "./windowShown";

/** What the provider needs of the rest. */
export interface CompletionSource {
  /** The running sidecar, if there is one. */
  connection(): Connection | undefined;
  completionsOn(): boolean;
  /** Whether none shall come by itself; one that the person asks for comes all the same. */
  snoozed(): boolean;
  /** Hears what the sidecar answered, and how long after it was asked. */
  answered(result: InlineCompletionResult, tookMs: number): void;
  /** Hears that the person took a whole suggestion. */
  accepted(): void;
  readonly log: LogOutputChannel;
}

/** Shows what the sidecar suggests as ghost text. */
export class GhostTextProvider implements InlineCompletionItemProvider, Disposable {
  readonly #source: CompletionSource;
  readonly #asking: Asking;
  readonly #shown: WindowShown;
  readonly #listening: Disposable[];
  #asked = 0;
  /** How many times the editor is asking because we had it ask. */
  #triggering = 0;

  constructor(source: CompletionSource) {
    this.#source = source;
    const asking = new Asking({
      cancellation: () => new CancellationTokenSource(),
      isThere,
      askAgain: () => this.askHere(),
      underWay: tellUnderWay,
      answered: (result, tookMs) => source.answered(result, tookMs),
      nowMs: () => performance.now(),
      after: later,
      warn: (message) => source.log.warn(message),
    });
    this.#asking = asking;
    const shown = new WindowShown(() => source.connection());
    this.#shown = shown;
    // Before this the key for Esc would name a command that nobody has.
    void commands.executeCommand("setContext", "phiSidecar.active", true);
    // An extension host that crashed may have left it set.
    tellUnderWay(false);
    this.#listening = [
      shown,
      window.onDidChangeTextEditorSelection(() => asking.moved()),
      window.onDidChangeActiveTextEditor(() => asking.moved()),
      commands.registerCommand(unlistedCommands.taken, () => {
        shown.taken();
        source.accepted();
      }),
      commands.registerCommand(unlistedCommands.dismiss, () => shown.dismissed(asking.drop())),
    ];
  }

  dispose(): void {
    for (const one of this.#listening) {
      one.dispose();
    }
  }

  /** Has the editor ask for what would come by itself at the cursor, as if a key had been typed. */
  askHere(): void {
    if (!this.#comesByItself()) {
      return;
    }
    this.#triggering += 1;
    const triggered = commands.executeCommand("editor.action.inlineSuggest.trigger");
    const end = () => {
      this.#triggering -= 1;
    };
    triggered.then(end, end);
  }

  async provideInlineCompletionItems(
    document: TextDocument,
    position: Position,
    context: InlineCompletionContext,
    token: CancellationToken,
  ): Promise<InlineCompletionItem[]> {
    const connection = this.#source.connection();
    // The editor calls it invoked as well where it was us who had it ask.
    const invoked =
      context.triggerKind === InlineCompletionTriggerKind.Invoke && this.#triggering === 0;
    const wanted = () =>
      invoked ? this.#source.completionsOn() : this.#comesByItself() && isForOneCursor(document);
    if (connection === undefined || !wanted()) {
      return [];
    }
    this.#asked += 1;
    const question = {
      document,
      position: { line: position.line, character: position.character },
      triggerKind: invoked ? TriggerKind.invoked : TriggerKind.automatic,
      traceId: `completion-${this.#asked}`,
    };
    const result = await this.#asking.ask(connection, question, token);
    // What was turned off while it was awaited is not wanted any more.
    if (result === undefined || result.outcome === "superseded" || !wanted()) {
      return [];
    }
    const shown = result.items.flatMap((item) => shownItem(item, document, context) ?? []);
    this.#shown.answered(
      document,
      result.traceId,
      shown.map(({ item }) => item),
    );
    return shown.map(({ ghost }) =>
      Object.assign(ghost, { command: { title: "", command: unlistedCommands.taken } }),
    );
  }

  #comesByItself(): boolean {
    return this.#source.completionsOn() && !this.#source.snoozed();
  }
}

/** Has Esc drop what is under way, or leaves the key to the editor. */
function tellUnderWay(now: boolean): void {
  void commands.executeCommand("setContext", "phiSidecar.suggestionUnderWay", now);
}

function isThere({ document, position }: Question): boolean {
  const editor = window.activeTextEditor;
  const cursor = editor && onlyCursor(editor);
  return (
    editor?.document === document &&
    cursor?.line === position.line &&
    cursor.character === position.character
  );
}

/** Where there are several cursors, or something is selected, a suggestion would be in the way. */
function isForOneCursor(document: TextDocument): boolean {
  const editor = window.activeTextEditor;
  return editor?.document !== document || onlyCursor(editor) !== undefined;
}

interface ShownItem {
  readonly item: Item;
  readonly ghost: InlineCompletionItem;
}

function shownItem(
  item: Item,
  document: TextDocument,
  context: InlineCompletionContext,
): ShownItem | undefined {
  const { start, end } = item.range;
  const range = new Range(start.line, start.character, end.line, end.character);
  const selected = context.selectedCompletionInfo;
  if (selected === undefined) {
    return { item, ghost: new InlineCompletionItem(item.text, range) };
  }
  if (!range.isSingleLine || !selected.range.isSingleLine) {
    return undefined;
  }
  const fitted = fitToSelected(
    replacement(item.text, range),
    replacement(selected.text, selected.range),
    document.lineAt(range.start.line).text,
  );
  return fitted && { item, ghost: new InlineCompletionItem(fitted.text, selected.range) };
}

const replacement = (text: string, range: Range): Replacement => ({
  text,
  span: { line: range.start.line, start: range.start.character, end: range.end.character },
});
