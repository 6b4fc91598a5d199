import { randomUUID } from "node:crypto";
import path from "node:path";

import type { Conversation, ConversationSummary } from "../conversation/conversation";
import { KeptFiles } from "./keptFiles";
import {
  type Head,
  isConversationId,
  type PanelMemory,
  readHead,
  readKept,
  readMemory,
  writeKept,
  writeMemory,
} from "./keptFormat";

const ending = ".json";
const memoryFile = "panel.json";
// Enough to keep a disk busy without opening hundreds of files together.
const readAtOnce = 16;

/** What came of keeping a conversation. */
export type Saved =
  | { readonly kind: "saved" }
  /** Another window has changed it since: this one's goes on under a new id. */
  | { readonly kind: "moved"; readonly id: string };

/** What the store needs of the world. */
export interface StoreWorld {
  sleep(durationMs: number): Promise<void>;
  nowMs(): number;
  /** Hears of a file that could not be read and was put aside. */
  damaged(file: string): void;
}

/** A conversation that was removed, as it can be put back. */
export interface Removed {
  readonly conversation: Conversation;
}

/** Keeps a workspace's conversations, each in a file of its own. */
export class ConversationStore {
  readonly #conversations: KeptFiles;
  readonly #panel: KeptFiles;
  readonly #world: StoreWorld;
  /** What was last read or written here of each. */
  readonly #revisions = new Map<string, string>();
  #writes: Promise<unknown> = Promise.resolve();

  /** @param folder the extension's own folder for this workspace. */
  constructor(folder: string, world: StoreWorld) {
    const sleep = (durationMs: number) => world.sleep(durationMs);
    this.#conversations = new KeptFiles(path.join(folder, "conversations"), sleep);
    this.#panel = new KeptFiles(folder, sleep);
    this.#world = world;
  }

  /** Every conversation that can be opened, the newest first. */
  async list(): Promise<ConversationSummary[]> {
    const names = await this.#conversations.names(ending);
    const heads: (Head | undefined)[] = [];
    for (let at = 0; at < names.length; at += readAtOnce) {
      const some = names.slice(at, at + readAtOnce);
      heads.push(...(await Promise.all(some.map((name) => this.#listed(name)))));
    }
    return heads
      .filter((head) => head !== undefined)
      .map(({ id, title, updatedMs }) => ({ id, title, updatedMs }))
      .sort((a, b) => b.updatedMs - a.updatedMs);
  }

  /** Reads a conversation; undefined where it is gone, damaged or of a newer version. */
  async load(id: string): Promise<Conversation | undefined> {
    if (!isConversationId(id)) {
      return undefined;
    }
    const name = id + ending;
    const content = await this.#conversations.read(name);
    if (content === undefined) {
      return undefined;
    }
    const kept = readKept(content);
    if (kept.kind === "damaged") {
      await this.#putAside(this.#conversations, name);
    }
    if (kept.kind !== "read" || kept.value.conversation.id !== id) {
      return undefined;
    }
    this.#revisions.set(id, kept.value.revision);
    return kept.value.conversation;
  }

  /** Keeps a conversation; writes follow each other in the order of the calls. */
  save(conversation: Conversation): Promise<Saved> {
    return this.#enqueue(async () => {
      const id = (await this.#mayWrite(conversation.id)) ? conversation.id : randomUUID();
      const revision = randomUUID();
      await this.#conversations.write(id + ending, writeKept({ ...conversation, id }, revision));
      this.#revisions.set(id, revision);
      return id === conversation.id ? { kind: "saved" } : { kind: "moved", id };
    });
  }

  /** Removes a conversation for good, but for what is returned to put it back. */
  remove(id: string): Promise<Removed | undefined> {
    return this.#enqueue(async () => {
      const conversation = await this.load(id);
      if (conversation === undefined) {
        return undefined;
      }
      await this.#conversations.remove(id + ending);
      this.#revisions.delete(id);
      return { conversation };
    });
  }

  restore({ conversation }: Removed): Promise<Saved> {
    return this.save(conversation);
  }

  /** What the panel showed; undefined where nothing was kept that can be read. */
  async loadMemory(): Promise<PanelMemory | undefined> {
    for (const files of [this.#conversations, this.#panel]) {
      await files.removeLeftovers(this.#world.nowMs());
    }
    const content = await this.#panel.read(memoryFile);
    if (content === undefined) {
      return undefined;
    }
    const kept = readMemory(content);
    if (kept.kind === "damaged") {
      await this.#putAside(this.#panel, memoryFile);
    }
    if (kept.kind !== "read") {
      return undefined;
    }
    const { shown, draft, attachments } = kept.value;
    return { shown, draft, attachments };
  }

  /** Keeps what the panel shows, but for a file that a newer version wrote. */
  saveMemory(memory: PanelMemory): Promise<void> {
    return this.#enqueue(async () => {
      const content = await this.#panel.read(memoryFile);
      if (content === undefined || readMemory(content).kind !== "newer") {
        await this.#panel.write(memoryFile, writeMemory(memory));
      }
    });
  }

  /** Whether the file of an id is as this window last saw it, or not there. */
  async #mayWrite(id: string): Promise<boolean> {
    const name = id + ending;
    const beginning = await this.#conversations.readBeginning(name);
    if (beginning === undefined) {
      return true;
    }
    const head = readHead(beginning);
    if (head.kind === "damaged") {
      await this.#putAside(this.#conversations, name);
      return true;
    }
    return head.kind === "read" && head.value.revision === this.#revisions.get(id);
  }

  async #listed(name: string): Promise<Head | undefined> {
    const id = name.slice(0, -ending.length);
    try {
      const beginning = await this.#conversations.readBeginning(name);
      const head = beginning === undefined ? undefined : readHead(beginning);
      if (head?.kind === "damaged") {
        await this.#putAside(this.#conversations, name);
      }
      return head?.kind === "read" && head.value.id === id ? head.value : undefined;
    } catch {
      // A file that cannot be read now, such as one that another program holds, is no reason to
      // list none.
      return undefined;
    }
  }

  async #putAside(files: KeptFiles, name: string): Promise<void> {
    await files.putAside(name);
    this.#world.damaged(name);
  }

  #enqueue<T>(step: () => Promise<T>): Promise<T> {
    const run = this.#writes.then(step, step);
    this.#writes = run;
    return run;
  }
}
