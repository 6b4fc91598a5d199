import { assertNever } from "../assertNever";
import { type AnsweringWorld, answer, type Ending } from "./answering";
import type { Change } from "./conversation/change";
import type { Conversation, Question } from "./conversation/conversation";
import { messagesFor } from "./conversation/conversationMessages";
import {
  type AnswerPlace,
  appendText,
  ask,
  askAnother,
  breakOff,
  breakOffAll,
  finish,
  newConversation,
  showAnswer,
  turnOf,
  wantsAnother,
} from "./conversation/turns";
import { Saving } from "./storage/saving";
import type { ConversationStore, Removed } from "./storage/store";

/** What the conversations need of the world. */
export interface ConversationsWorld extends AnsweringWorld {
  readonly store: ConversationStore;
  nowMs(): number;
  newId(): string;
  later(durationMs: number, run: () => void): { dispose(): void };
  changed(change: Change): void;
  /** Hears that an answer came to its own end. */
  answered(): void;
  /** Hears that conversations could not be kept. */
  notKept(error: unknown): void;
}

interface Run {
  readonly place: AnswerPlace;
  readonly stop: AbortController;
}

interface Open {
  conversation: Conversation;
  /** The answer whose end is still to come, a stopped one included. */
  run: Run | undefined;
}

/** The conversations in use: answers come in, whether one is shown or not, and all is kept. */
export class OpenConversations {
  readonly #world: ConversationsWorld;
  readonly #open = new Map<string, Open>();
  readonly #saving: Saving<Open>;
  #closed = false;

  constructor(world: ConversationsWorld) {
    this.#world = world;
    this.#saving = new Saving<Open>({
      write: (open) => this.#write(open),
      later: world.later,
      failed: world.notKept,
    });
  }

  /** Begins a conversation; it is kept from its first question on. */
  begin(): Conversation {
    const conversation = newConversation(this.#world.newId(), this.#world.nowMs());
    this.#open.set(conversation.id, { conversation, run: undefined });
    return conversation;
  }

  /** Takes a conversation into use; undefined where there is none that can be read. */
  async open(id: string): Promise<Conversation | undefined> {
    const already = this.#open.get(id);
    if (already !== undefined) {
      return already.conversation;
    }
    const kept = await this.#world.store.load(id);
    if (kept === undefined) {
      return undefined;
    }
    // Meanwhile it may have been opened by another click.
    const open = this.#open.get(id) ?? { conversation: breakOffAll(kept, lost), run: undefined };
    this.#open.set(id, open);
    return open.conversation;
  }

  get(id: string): Conversation | undefined {
    return this.#open.get(id)?.conversation;
  }

  isAnswering(id: string): boolean {
    const run = this.#open.get(id)?.run;
    return run !== undefined && !run.stop.signal.aborted;
  }

  /** Forgets a conversation whose answers have come, so that it is read anew when next opened. */
  async release(id: string, stillUnused: () => boolean): Promise<void> {
    // What is read anew must be what was last written.
    await this.#saving.flush();
    const open = this.#open.get(id);
    const isNeeded = open === undefined || open.run !== undefined || this.#saving.isPending(open);
    if (!isNeeded && stillUnused()) {
      this.#open.delete(id);
    }
  }

  ask(id: string, question: Question): void {
    const open = this.#open.get(id);
    if (open === undefined || this.isAnswering(id)) {
      return;
    }
    const first = open.conversation.turns.length === 0;
    const turn = this.#world.newId();
    const asked = ask(open.conversation, { id: turn, question, nowMs: this.#world.nowMs() });
    open.conversation = asked;
    this.#world.changed(
      // The first question names the conversation.
      first ? { kind: "whole", conversation: asked } : { kind: "turn", conversation: asked, turn },
    );
    this.#run(open, { place: { turn, answer: 0 }, another: false });
  }

  regenerate(id: string, turnId: string): void {
    const open = this.#open.get(id);
    const turn = open === undefined ? undefined : turnOf(open.conversation, turnId);
    if (open === undefined || turn === undefined || this.isAnswering(id)) {
      return;
    }
    open.conversation = askAnother(open.conversation, turnId, this.#world.nowMs());
    const place = { turn: turnId, answer: turnOf(open.conversation, turnId)?.shown ?? 0 };
    this.#world.changed({ kind: "turn", conversation: open.conversation, turn: turnId });
    this.#run(open, { place, another: wantsAnother(turn) });
  }

  showAnswer(id: string, place: AnswerPlace): void {
    this.#change(id, place.turn, (conversation) => showAnswer(conversation, place));
  }

  /** Changes a turn in anything but its answers. */
  changeTurn(id: string, turn: string, change: (before: Conversation) => Conversation): void {
    this.#change(id, turn, change);
  }

  /** Ends the answer under way; what came stays. */
  stop(id: string): void {
    const open = this.#open.get(id);
    if (open?.run === undefined || open.run.stop.signal.aborted) {
      return;
    }
    // Shown at once: a prefill that cannot be interrupted may take its time to end.
    this.#end(open, open.run.place, { kind: "stopped" });
    open.run.stop.abort();
    this.#world.changed({
      kind: "turn",
      conversation: open.conversation,
      turn: open.run.place.turn,
    });
    void this.#saving.save(open);
  }

  /** Removes a conversation, its answer under way included. */
  async remove(id: string): Promise<Removed | undefined> {
    const open = this.#open.get(id);
    if (open !== undefined) {
      this.stop(id);
      open.run = undefined;
      await this.#saving.flush();
      this.#saving.drop(open);
      this.#open.delete(open.conversation.id);
    }
    const removed = await this.#world.store.remove(open?.conversation.id ?? id);
    this.#world.changed({ kind: "listed" });
    return removed;
  }

  async restore(removed: Removed): Promise<void> {
    await this.#world.store.restore(removed);
    this.#world.changed({ kind: "listed" });
  }

  /** Writes what has changed. */
  flush(): Promise<void> {
    return this.#saving.flush();
  }

  /** Writes what has changed and hears no more: answers under way count as broken off. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#saving.flush();
  }

  #run(open: Open, { place, another }: { place: AnswerPlace; another: boolean }): void {
    // The end of one that was stopped before no longer counts: its place may be another's now.
    const run: Run = { place, stop: new AbortController() };
    open.run = run;
    const params = { messages: messagesFor(open.conversation, place.turn), another };
    const { signal } = run.stop;
    void this.#saving.save(open);
    void answer(this.#world, params, {
      piece: (text) => this.#append(open, run, text),
      signal,
    }).then((ending) => this.#ended(open, run, ending));
  }

  #append(open: Open, run: Run, text: string): void {
    if (open.run !== run || run.stop.signal.aborted || this.#closed) {
      return;
    }
    const { turn, answer: index } = run.place;
    const at = turnOf(open.conversation, turn)?.answers[index]?.text.length ?? 0;
    open.conversation = appendText(open.conversation, run.place, text);
    const { conversation } = open;
    this.#world.changed({ kind: "text", conversation, place: run.place, at, text });
    this.#saving.changed(open);
  }

  #ended(open: Open, run: Run, ending: Ending): void {
    if (open.run !== run || this.#closed) {
      return;
    }
    open.run = undefined;
    // After a stop only what came can still be told better.
    if (!run.stop.signal.aborted || ending.kind === "result") {
      this.#end(open, run.place, ending);
    }
    this.#world.changed({ kind: "turn", conversation: open.conversation, turn: run.place.turn });
    void this.#saving.save(open);
    if (ending.kind === "result" && ending.result.finishReason === "stop") {
      this.#world.answered();
    }
  }

  #end(open: Open, place: AnswerPlace, ending: Ending): void {
    const nowMs = this.#world.nowMs();
    switch (ending.kind) {
      case "result":
        open.conversation = finish(open.conversation, place, { result: ending.result, nowMs });
        break;
      case "stopped":
      case "failed":
        open.conversation = breakOff(open.conversation, place, { state: ending, nowMs });
        break;
      default:
        assertNever(ending);
    }
  }

  #change(id: string, turn: string, change: (before: Conversation) => Conversation): void {
    const open = this.#open.get(id);
    if (open !== undefined) {
      open.conversation = change(open.conversation);
      this.#world.changed({ kind: "turn", conversation: open.conversation, turn });
      this.#saving.changed(open);
    }
  }

  async #write(open: Open): Promise<void> {
    const { id } = open.conversation;
    const saved = await this.#world.store.save(open.conversation);
    if (saved.kind === "moved") {
      open.conversation = { ...open.conversation, id: saved.id };
      this.#open.delete(id);
      this.#open.set(saved.id, open);
      this.#world.changed({ kind: "moved", from: id, conversation: open.conversation });
    }
    if (!this.isAnswering(open.conversation.id)) {
      this.#world.changed({ kind: "listed" });
    }
  }
}

const lost = {
  kind: "failed",
  reason: "The editor closed while this was being answered.",
  remedy: null,
} as const;
