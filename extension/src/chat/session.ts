import type { SlashCommand, Status } from "../generated/protocol";
import type { Better } from "../offering/better";
import type { SidecarState } from "../sidecar/supervisor";
import { countAsked } from "./askedCode";
import type { ChatWorld } from "./chatWorld";
import { counterOf } from "./code/counting";
import { selectionElseFile } from "./code/editorCode";
import { type Asking, Composer } from "./composer";
import type { Change } from "./conversation/change";
import type {
  AttachedCode,
  Conversation,
  ConversationSummary,
  Question,
} from "./conversation/conversation";
import { asTyped, parseTyped, type Typed } from "./conversation/slashCommand";
import { titleOf } from "./conversation/title";
import { type AnswerPlace, attachedCode, underWay } from "./conversation/turns";
import { Navigation } from "./navigation";
import { OpenConversations } from "./openConversations";
import { messageOf, shownAttachment, shownConversation } from "./panel/shown";
import { SurroundingsTeller } from "./panel/surroundings";
import { Readiness } from "./readiness";
import { Saving } from "./storage/saving";

/** The chat of a window: one conversation shown, others answered behind it. */
export class ChatSession {
  readonly #world: ChatWorld;
  readonly #readiness = new Readiness();
  readonly #conversations: OpenConversations;
  readonly #composer: Composer;
  readonly #surroundings: SurroundingsTeller;
  readonly #memory: Saving<"memory">;
  readonly #navigation: Navigation;
  #toldAnswering: boolean | undefined;
  #countedWith = "";

  constructor(world: ChatWorld) {
    this.#world = world;
    this.#conversations = new OpenConversations({
      ...world,
      readiness: this.#readiness,
      changed: (change) => this.#changed(change),
    });
    this.#composer = new Composer({
      connection: () => this.#readiness.connection,
      newId: world.newId,
      changed: () => this.#composerChanged(),
      notice: (text) => this.notice(text),
    });
    this.#surroundings = new SurroundingsTeller({
      ...world,
      readiness: this.#readiness,
      shown: () => this.shown.id,
      list: () => this.list(),
    });
    this.#memory = new Saving({
      write: () => world.store.saveMemory(this.#remembered()),
      later: world.later,
      failed: world.notKept,
    });
    this.#navigation = new Navigation({
      conversations: this.#conversations,
      shown: (conversation) => this.#show(conversation),
    });
  }

  /** Shows what was shown when the window was last open. */
  async restore(): Promise<void> {
    const memory = await this.#world.store.loadMemory();
    if (memory !== undefined) {
      this.#composer.restore(memory.draft, memory.attachments);
    }
    if (memory?.shown) {
      // What cannot be read just now stays in the list.
      await this.#navigation.open(memory.shown).catch(this.#world.notKept);
    }
    await this.#surroundings.listRecent();
  }

  get shown(): Conversation {
    return this.#navigation.shown;
  }

  isAnswering(id: string): boolean {
    return this.#conversations.isAnswering(id);
  }

  list(): Promise<ConversationSummary[]> {
    return this.#world.store.list();
  }

  /** Tells a panel that knows nothing everything. */
  tellAll(): void {
    this.#world.post({ kind: "conversation", conversation: shownConversation(this.shown) });
    this.#postComposer(this.#composer.draft);
    this.#surroundings.tell();
  }

  /** Takes in what the sidecar is and says. */
  update(sidecar: SidecarState, status: Status | undefined): void {
    this.#readiness.update(sidecar, status);
    const countedWith = counterOf(sidecar, status);
    if (countedWith !== this.#countedWith) {
      this.#countedWith = countedWith;
      this.#composer.fitAll();
    }
    this.#surroundings.changed();
  }

  /** Takes in what there is in the starter's place; undefined for nothing. */
  tellBetter(better: Better | undefined): void {
    this.#readiness.better = better;
    this.#surroundings.changed();
  }

  /** Hears that something else could be attached. */
  editorChanged(): void {
    this.#surroundings.changed();
  }

  /** Looks which conversations there are by now, other windows' included. */
  async look(): Promise<void> {
    await this.#surroundings.listRecent();
  }

  /** Asks what was typed, with what is attached; if it cannot, gives it back and says why. */
  ask(typed: string): void {
    const asking = this.#asking(parseTyped(typed));
    if (asking.kind === "refused") {
      this.#composer.giveBack(typed);
      this.#postComposer(this.#composer.draft);
      this.#memory.changed("memory");
      this.notice(asking.reason);
      return;
    }
    this.#composer.asked(typed);
    this.#ask(asking.question);
  }

  /** Asks a slash command about the selection, or else the file, at once. */
  askAbout(command: SlashCommand): void {
    const offer = selectionElseFile(this.#world.editor);
    if (offer.kind === "refused") {
      this.notice(offer.reason);
      return;
    }
    if (this.isAnswering(this.shown.id)) {
      // Nothing is interrupted: it waits where the person can send it.
      this.#composer.attach(offer.code);
      if (this.#composer.draft.trim() === "") {
        this.#composer.draft = asTyped({ command, text: "" });
        this.#postComposer(this.#composer.draft);
      }
      this.notice(busy);
      return;
    }
    this.#ask({ command, text: "", attachments: [this.#composer.attached(offer.code)] });
  }

  attach(what: "selection" | "file"): void {
    const beside = this.#composer.attachments;
    const { editor } = this.#world;
    const offer = what === "selection" ? editor.selection(beside) : editor.file(beside);
    if (offer.kind === "refused") {
      this.notice(offer.reason);
      return;
    }
    this.#composer.attach(offer.code);
  }

  detach(id: string): void {
    this.#composer.detach(id);
  }

  /** Notes what is typed, so that it is there again after a reload. */
  draft(text: string): void {
    this.#composer.draft = text;
    this.#memory.changed("memory");
  }

  stop(): void {
    this.#conversations.stop(this.shown.id);
  }

  regenerate(turn: string): void {
    this.#conversations.regenerate(this.shown.id, turn);
  }

  showAnswer(place: AnswerPlace): void {
    this.#conversations.showAnswer(this.shown.id, place);
  }

  /** The code behind a chip, of the next question or of one that was asked. */
  attachedCode(id: string): AttachedCode | undefined {
    return this.#composer.attachments.find((one) => one.id === id) ?? attachedCode(this.shown, id);
  }

  newChat(): void {
    // Even where nothing was asked yet: another that is just being opened is not wanted any more.
    this.#navigation.begin();
  }

  async open(id: string): Promise<void> {
    if (!(await this.#navigation.open(id))) {
      this.notice("This conversation cannot be read any more.");
      await this.#surroundings.listRecent();
    }
  }

  /** Deletes a conversation, and brings it back if the person thinks better of it. */
  async delete(id: string): Promise<void> {
    const wasShown = id === this.shown.id;
    if (wasShown) {
      // At once: what is asked while it is being removed must not go with it.
      this.#navigation.begin();
    }
    const removed = await this.#conversations.remove(id);
    if (removed === undefined || !(await this.#world.offerUndo(titleOf(removed.conversation)))) {
      return;
    }
    await this.#conversations.restore(removed);
    if (wasShown && this.shown.turns.length === 0) {
      await this.open(removed.conversation.id);
    }
  }

  notice(text: string): void {
    this.#world.post({ kind: "notice", text });
  }

  /** Writes what is not kept yet. */
  async flush(): Promise<void> {
    await this.#conversations.flush();
    // After them, for it names the one that is shown, which may go on under a new id.
    await this.#memory.flush();
  }

  /** Writes everything, for the window closes. */
  async close(): Promise<void> {
    this.#surroundings.dispose();
    await this.#conversations.close();
    await this.#memory.flush();
  }

  #asking(question: Typed): Asking {
    return this.isAnswering(this.shown.id)
      ? { kind: "refused", reason: busy }
      : this.#composer.asking(question, this.#world.editor);
  }

  #ask(question: Question): void {
    const conversations = this.#conversations;
    conversations.ask(this.shown.id, question);
    const { connection } = this.#readiness;
    void countAsked({ conversations, connection, conversation: this.shown }, question);
  }

  #show(conversation: Conversation): void {
    this.#world.post({ kind: "conversation", conversation: shownConversation(conversation) });
    this.#tellAnswering(this.isAnswering(conversation.id));
    this.#memory.changed("memory");
    void this.#surroundings.listRecent();
  }

  #changed(change: Change): void {
    if (change.kind === "listed") {
      void this.#surroundings.listRecent();
      return;
    }
    const { conversation } = change;
    const before = change.kind === "moved" ? change.from : conversation.id;
    if (this.#navigation.update(before, conversation)) {
      this.#world.post(messageOf(change));
      this.#tellAnswering(underWay(conversation) !== undefined);
      if (change.kind === "moved" || change.kind === "whole") {
        this.#memory.changed("memory");
      }
      if (change.kind === "moved") {
        this.notice("Another window has changed this conversation. Here it goes on as a copy.");
      }
    } else if (!this.isAnswering(conversation.id)) {
      void this.#navigation.release(conversation.id);
    }
  }

  /** Not with every piece of an answer: to tell it is a call to another process. */
  #tellAnswering(now: boolean): void {
    if (now !== this.#toldAnswering) {
      this.#toldAnswering = now;
      this.#world.answering(now);
    }
  }

  #composerChanged(): void {
    this.#postComposer(null);
    this.#memory.changed("memory");
  }

  #postComposer(draft: string | null): void {
    const attachments = this.#composer.attachments.map(shownAttachment);
    this.#world.post({ kind: "composer", draft, attachments });
  }

  #remembered() {
    const { draft, attachments } = this.#composer;
    return { shown: this.shown.turns.length > 0 ? this.shown.id : null, draft, attachments };
  }
}

const busy = "Phi is still answering. Stop it or wait for its end, then send the question.";
