import type { Conversation } from "./conversation/conversation";
import type { OpenConversations } from "./openConversations";

/** What going from one conversation to another needs of the world. */
export interface NavigationWorld {
  readonly conversations: OpenConversations;
  /** Hears of a conversation that is shown in the place of another. */
  shown(conversation: Conversation): void;
}

/** Which conversation is shown, and the way from one to another. */
export class Navigation {
  readonly #world: NavigationWorld;
  #shown: Conversation;
  /** The one that the person went to last, which may still be being read. */
  #wanted: string;

  constructor(world: NavigationWorld) {
    this.#world = world;
    this.#shown = world.conversations.begin();
    this.#wanted = this.#shown.id;
  }

  get shown(): Conversation {
    return this.#shown;
  }

  begin(): void {
    this.#show(this.#world.conversations.begin());
  }

  /**
   * Goes to a conversation; false where it cannot be read any more.
   *
   * Of several that are asked for the last one is shown, whichever is read first.
   */
  async open(id: string): Promise<boolean> {
    this.#wanted = id;
    if (id === this.#shown.id) {
      return true;
    }
    const conversation = await this.#world.conversations.open(id);
    if (this.#wanted !== id) {
      await this.release(id);
      return true;
    }
    if (conversation === undefined) {
      return false;
    }
    this.#show(conversation);
    return true;
  }

  /** Takes in a change of a conversation that had this id; false where it is not the shown one. */
  update(id: string, conversation: Conversation): boolean {
    if (id !== this.#shown.id) {
      return false;
    }
    this.#shown = conversation;
    return true;
  }

  /** Lets go of a conversation that is neither shown nor answered. */
  async release(id: string): Promise<void> {
    await this.#world.conversations.release(id, () => id !== this.#shown.id);
  }

  #show(conversation: Conversation): void {
    const before = this.#shown.id;
    this.#shown = conversation;
    this.#wanted = conversation.id;
    this.#world.shown(conversation);
    void this.release(before);
  }
}
