import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { ErrorCode } from "../generated/methods";
import {
  cancellation,
  eventually,
  FakeSidecar,
  fit,
  ready,
  result,
  settle,
  Timers,
} from "./chat.fixture";
import type { Code, EditorCode } from "./code/editorCode";
import type { Answer } from "./conversation/conversation";
import { titleOf } from "./conversation/title";
import type { ToPanel } from "./panel/panelMessages";
import { ChatSession } from "./session";
import { ConversationStore } from "./storage/store";

const code = (label: string): Code => ({
  attachment: { uri: "file:///w/stock.py", label, languageId: "python", text: "a = 1" },
  lines: null,
});

/** An editor with a file open, and perhaps a selection in it. */
class FakeEditor implements EditorCode {
  selected = false;
  open = true;
  labels = () => ({
    selection: this.open && this.selected ? "stock.py:3" : null,
    file: this.open ? "stock.py" : null,
  });
  selection = () =>
    this.selected
      ? ({ kind: "code", code: code("stock.py:3") } as const)
      : ({ kind: "refused", reason: "Select some code first." } as const);
  file = () =>
    this.open
      ? ({ kind: "code", code: code("stock.py") } as const)
      : ({ kind: "refused", reason: "Open a file first." } as const);
}

let folder: string;
let opened: ChatSession[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "phi-session-"));
  opened = [];
});

afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.map((session) => session.close()));
  await rm(folder, { recursive: true, force: true });
});

/** A window with its chat. */
async function chat({ undo = false } = {}) {
  const posted: ToPanel[] = [];
  const timers = new Timers();
  const editor = new FakeEditor();
  const sidecar = new FakeSidecar();
  const answering: boolean[] = [];
  const answered: string[] = [];
  const problems: unknown[] = [];
  const undone: string[] = [];
  let ids = 0;
  const session = new ChatSession({
    store: new ConversationStore(folder, {
      sleep: timers.sleep,
      nowMs: () => timers.nowMs,
      damaged: (file) => problems.push(file),
    }),
    editor,
    nowMs: () => timers.nowMs,
    newId: () => `${path.basename(folder)}-${opened.length}-${++ids}`.replaceAll(/[^\w-]|_/g, ""),
    later: timers.later,
    sleep: timers.sleep,
    cancellation,
    post: (message) => posted.push(message),
    answering: (now) => answering.push(now),
    answered: () => answered.push(session.shown.turns.at(-1)?.answers.at(-1)?.text ?? ""),
    offerUndo: async (title) => {
      undone.push(title);
      return undo;
    },
    notKept: (error) => problems.push(error),
  });
  opened.push(session);
  await session.restore();
  session.update(sidecar.state, ready);
  await settle();
  const of = <K extends ToPanel["kind"]>(kind: K) =>
    posted.filter((one): one is Extract<ToPanel, { kind: K }> => one.kind === kind);
  return {
    session,
    posted,
    of,
    timers,
    editor,
    sidecar,
    answering,
    answered,
    problems,
    undone,
    last: (): Answer | undefined => session.shown.turns.at(-1)?.answers.at(-1),
    ask: async (text: string) => {
      session.ask(text);
      await settle();
    },
    /** Lets the sidecar answer in full. */
    answerWith: async (text: string) => {
      sidecar.chat.answer(result(text));
      await settle();
    },
  };
}

const kept = async () => {
  const names = await readdir(path.join(folder, "conversations"));
  return names.filter((name) => name.endsWith(".json"));
};

describe("a chat", () => {
  test("tells of the answers that came to their own end, and of no others", async () => {
    const { session, ask, sidecar, answerWith, answered } = await chat();
    await ask("why?");
    await answerWith("Because.");
    await ask("and then?");
    session.stop();
    sidecar.chat.answer(result("The", { finishReason: "cancelled" }));
    await settle();
    await ask("how long?");
    sidecar.chat.answer(result("Very lo", { finishReason: "length" }));
    await settle();
    expect(answered).toEqual(["Because."]);
  });

  test("asks, streams and shows how the answer came about", async () => {
    const { session, ask, sidecar, of, answerWith, last } = await chat();
    await ask("why?");
    sidecar.chat.piece("Be");
    sidecar.chat.piece("cause");
    expect(of("text").map(({ at, text }) => [at, text])).toEqual([
      [0, "Be"],
      [2, "cause"],
    ]);
    await answerWith("Because");
    expect(last()).toMatchObject({ text: "Because", state: { kind: "complete" } });
    expect(of("turn").at(-1)?.turn.answers[0]?.facts?.tokensPerSecond).toBe(40);
    expect(of("conversation").at(-1)?.conversation.title).toBe("why?");
    expect(session.isAnswering(session.shown.id)).toBe(false);
  });

  test("says when the conversation that is shown is being answered", async () => {
    const { ask, answering, sidecar, answerWith } = await chat();
    await ask("why?");
    expect(answering).toEqual([true]);
    sidecar.chat.piece("Be");
    sidecar.chat.piece("cause");
    await answerWith("Because");
    // Once for each change, not once for each piece.
    expect(answering).toEqual([true, false]);
  });

  test("gives a question back that comes while another is being answered", async () => {
    const { session, ask, of, sidecar } = await chat();
    await ask("one");
    session.draft("");
    await ask("two");
    expect(sidecar.chats).toHaveLength(1);
    expect(of("composer").at(-1)?.draft).toBe("two");
    expect(of("notice").at(-1)?.text).toContain("still answering");
  });

  test("loses nothing of what was typed meanwhile, when it gives a question back", async () => {
    const { session, ask, of } = await chat();
    await ask("one");
    session.draft("three");
    await ask("two");
    expect(of("composer").at(-1)?.draft).toBe("two\n\nthree");
  });

  test("stops at once, and takes what came from the sidecar", async () => {
    const { session, ask, sidecar, last, answering } = await chat();
    await ask("why?");
    sidecar.chat.piece("Be");
    session.stop();
    expect(last()).toMatchObject({ text: "Be", state: { kind: "stopped" } });
    expect(answering.at(-1)).toBe(false);
    expect(sidecar.chat.cancelled()).toBe(true);
    sidecar.chat.answer(result("Beca", { finishReason: "cancelled" }));
    await settle();
    expect(last()).toMatchObject({ text: "Beca", state: { kind: "stopped" } });
  });

  test("asks on after a stop whose end has not come, and does not mix the two", async () => {
    const { session, ask, sidecar, answerWith } = await chat();
    await ask("one");
    const stopped = sidecar.chat;
    session.stop();
    await ask("two");
    expect(sidecar.chats).toHaveLength(2);
    stopped.answer(result("late", { finishReason: "cancelled" }));
    await answerWith("Second");
    expect(session.shown.turns.map(({ answers }) => answers[0]?.text)).toEqual(["", "Second"]);
  });

  test("keeps what came when the sidecar dies, and asks it again in another", async () => {
    const { session, ask, sidecar, last } = await chat();
    await ask("why?");
    sidecar.chat.piece("Beca");
    sidecar.die();
    await settle();
    expect(last()).toMatchObject({ text: "Beca", state: { kind: "failed" } });
    const next = new FakeSidecar();
    session.update(next.state, ready);
    session.regenerate(session.shown.turns[0]?.id ?? "");
    await settle();
    // The whole of the same answer is wanted, not a different one.
    expect(next.chat.params.another).toBe(false);
  });

  test("regenerates into another answer beside the first", async () => {
    const { session, ask, sidecar, answerWith, last } = await chat();
    await ask("why?");
    await answerWith("Because");
    session.regenerate(session.shown.turns[0]?.id ?? "");
    await settle();
    expect(sidecar.chat.params.another).toBe(true);
    await answerWith("Therefore");
    expect(session.shown.turns[0]?.answers).toHaveLength(2);
    expect(last()?.text).toBe("Therefore");
  });

  test("answers on while another conversation is shown", async () => {
    const { session, ask, sidecar, of, answering } = await chat();
    await ask("one");
    const { id } = session.shown;
    const one = sidecar.chat;
    session.newChat();
    expect(answering.at(-1)).toBe(false);
    const before = of("text").length;
    one.piece("First");
    expect(of("text")).toHaveLength(before);
    await ask("two");
    one.answer(result("First"));
    await settle();
    await session.open(id);
    expect(of("conversation").at(-1)?.conversation.turns[0]?.answers[0]?.text).toBe("First");
  });

  test("waits with a question until the model is ready, and can be stopped then", async () => {
    const { session, sidecar, ask, last } = await chat();
    session.update(sidecar.state, { ...ready, phase: "loading" });
    await ask("why?");
    expect(last()?.state.kind).toBe("streaming");
    expect(sidecar.chats).toEqual([]);
    session.stop();
    expect(last()?.state.kind).toBe("stopped");
  });
});

describe("slash commands", () => {
  test("take the selection", async () => {
    const { ask, editor, sidecar } = await chat();
    editor.selected = true;
    await ask("/explain the loop");
    expect(sidecar.chat.params.messages).toMatchObject([
      { content: "the loop", command: "explain", attachments: [{ label: "stock.py:3" }] },
    ]);
  });

  test("take the file where nothing is selected", async () => {
    const { ask, sidecar } = await chat();
    await ask("/fix");
    expect(sidecar.chat.params.messages).toMatchObject([{ attachments: [{ label: "stock.py" }] }]);
  });

  test("take what is attached before anything else", async () => {
    const { session, ask, editor, sidecar } = await chat();
    session.attach("file");
    editor.selected = true;
    await ask("/fix");
    expect(sidecar.chat.params.messages).toMatchObject([{ attachments: [{ label: "stock.py" }] }]);
  });

  test("say what to do where there is no code, and stay typed", async () => {
    const { ask, editor, of, sidecar } = await chat();
    editor.open = false;
    await ask("/tests with pytest");
    expect(sidecar.chats).toEqual([]);
    expect(of("notice").at(-1)?.text).toBe("Open a file first.");
    expect(of("composer").at(-1)?.draft).toBe("/tests with pytest");
  });

  test("of the editor are asked at once, beside what is typed and attached", async () => {
    const { session, editor, sidecar, of } = await chat();
    session.draft("half a");
    session.attach("file");
    editor.selected = true;
    session.askAbout("doc");
    await settle();
    expect(sidecar.chat.params.messages).toMatchObject([
      { command: "doc", attachments: [{ label: "stock.py:3" }] },
    ]);
    expect(
      of("composer")
        .at(-1)
        ?.attachments.map(({ label }) => label),
    ).toEqual(["stock.py"]);
  });

  test("of the editor wait in the composer while an answer comes", async () => {
    const { session, ask, editor, sidecar, of } = await chat();
    await ask("why?");
    editor.selected = true;
    session.askAbout("fix");
    expect(sidecar.chats).toHaveLength(1);
    expect(of("composer").at(-1)).toMatchObject({
      draft: "/fix",
      attachments: [{ label: "stock.py:3" }],
    });
  });
});

describe("attachments", () => {
  const fits = (sidecar: FakeSidecar) =>
    sidecar.asked.filter(({ method }) => method === "phi/fitAttachment");

  test("are shown with an estimate, then with what the sidecar counts", async () => {
    const { session, of, sidecar } = await chat();
    session.attach("file");
    expect(of("composer").at(-1)?.attachments[0]?.fit).toMatchObject({ tokens: 2, exact: false });
    fits(sidecar)[0]?.answer(fit);
    await settle();
    expect(of("composer").at(-1)?.attachments[0]?.fit).toEqual(fit);
  });

  test("are not attached twice", async () => {
    const { session, of } = await chat();
    session.attach("file");
    session.attach("file");
    expect(of("composer").at(-1)?.attachments).toHaveLength(1);
  });

  test("that are refused go, and the reason is told", async () => {
    const { session, of, sidecar } = await chat();
    session.attach("file");
    fits(sidecar)[0]?.refuse(ErrorCode.excludedFile, "It holds secrets.", "Copy the lines.");
    await settle();
    expect(of("composer").at(-1)?.attachments).toEqual([]);
    expect(of("notice").at(-1)?.text).toBe("It holds secrets. Copy the lines.");
  });

  test("that a command took along and are refused are not kept", async () => {
    const { session, ask, sidecar, last } = await chat();
    await ask("/explain");
    sidecar.chat.refuse(ErrorCode.excludedFile, "It holds secrets.", "Copy the lines.");
    fits(sidecar)[0]?.refuse(ErrorCode.excludedFile, "It holds secrets.", "Copy the lines.");
    await settle();
    expect(last()?.state).toMatchObject({ kind: "failed", reason: "It holds secrets." });
    await session.flush();
    const [name = ""] = await kept();
    const file = path.join(folder, "conversations", name);
    expect(await readFile(file, "utf8")).not.toContain("a = 1");
  });

  test("are counted anew by another model", async () => {
    const { session, sidecar } = await chat();
    session.attach("file");
    session.update(sidecar.state, { ...ready, tokensPerSecond: 40 });
    expect(fits(sidecar)).toHaveLength(1);
    session.update(sidecar.state, { ...ready, contextWindow: 2048 });
    expect(fits(sidecar)).toHaveLength(2);
  });

  test("of a question are told by the answer's end", async () => {
    const { session, ask, sidecar } = await chat();
    session.attach("file");
    await ask("why?");
    const cut = { ...fit, keptTokens: 5 };
    sidecar.chat.answer(result("x", { attachments: [cut] }));
    await settle();
    expect(session.shown.turns[0]?.question.attachments[0]?.fit).toEqual(cut);
  });
});

describe("what is kept", () => {
  test("is the conversation, what is typed and what is attached", async () => {
    const { session, ask, answerWith } = await chat();
    await ask("why?");
    await answerWith("Because");
    session.draft("half a quest");
    session.attach("file");
    await session.close();
    const after = await chat();
    after.session.tellAll();
    expect(after.of("conversation").at(-1)?.conversation).toMatchObject({
      title: "why?",
      turns: [{ answers: [{ text: "Because" }] }],
    });
    expect(after.of("composer").at(-1)).toMatchObject({
      draft: "half a quest",
      attachments: [{ label: "stock.py" }],
    });
  });

  test("is a question as soon as it is asked", async () => {
    const { session, ask } = await chat();
    await ask("why?");
    await session.flush();
    expect(await kept()).toHaveLength(1);
  });

  test("is nothing of a chat in which nothing was asked", async () => {
    const { session } = await chat();
    await session.close();
    await expect(kept()).rejects.toThrow();
  });

  test("lacks at most a second of an answer when the editor dies", async () => {
    const { session, ask, sidecar, timers, last } = await chat();
    await ask("why?");
    await session.flush();
    sidecar.chat.piece("Beca");
    timers.pass(1_000);
    const file = path.join(folder, "conversations", `${session.shown.id}.json`);
    await eventually(async () => (await readFile(file, "utf8")).includes("Beca"));
    expect(last()?.state.kind).toBe("streaming");
    const after = await chat();
    expect(after.last()).toMatchObject({
      text: "Beca",
      state: { kind: "failed", reason: "The editor closed while this was being answered." },
    });
    after.session.regenerate(after.session.shown.turns[0]?.id ?? "");
    await settle();
    expect(after.sidecar.chats).toHaveLength(1);
  });

  test("is not changed by what a sidecar breaks off while the window closes", async () => {
    const { session, ask, sidecar } = await chat();
    await ask("why?");
    sidecar.chat.piece("Be");
    await session.close();
    sidecar.die();
    await settle();
    const after = await chat();
    expect(after.last()?.state).toMatchObject({ reason: expect.stringContaining("editor closed") });
  });

  test("goes on under a new id where another window has changed it", async () => {
    const mine = await chat();
    await mine.ask("one");
    await mine.answerWith("First");
    await mine.session.flush();
    const theirs = await chat();
    await theirs.ask("theirs");
    await theirs.answerWith("Second");
    await theirs.session.flush();
    const { id } = mine.session.shown;
    await mine.ask("mine");
    await eventually(() => mine.session.shown.id !== id);
    await mine.answerWith("Third");
    await mine.session.flush();
    expect(await kept()).toHaveLength(2);
    expect(mine.of("conversation").at(-1)?.conversation.id).toBe(mine.session.shown.id);
    expect(mine.session.shown.turns.map(({ question }) => question.text)).toEqual(["one", "mine"]);
    const again = await chat();
    await again.session.open(id);
    expect(again.session.shown.turns.map(({ question }) => question.text)).toEqual([
      "one",
      "theirs",
    ]);
  });

  test("is gone when deleted, an answer under way included", async () => {
    const { session, ask, sidecar, undone } = await chat();
    await ask("why?");
    await session.delete(session.shown.id);
    expect(sidecar.chat.cancelled()).toBe(true);
    expect(session.shown.turns).toEqual([]);
    expect(undone).toEqual(["why?"]);
    sidecar.chat.answer(result("late"));
    await session.flush();
    expect(await kept()).toEqual([]);
  });

  test("is not deleted with what is asked while a conversation is being removed", async () => {
    const { session, ask, answerWith } = await chat();
    await ask("one");
    await answerWith("First");
    const deleting = session.delete(session.shown.id);
    await ask("two");
    await answerWith("Second");
    await deleting;
    await session.flush();
    expect(session.shown.turns.map(({ question }) => question.text)).toEqual(["two"]);
    expect((await session.list()).map(({ title }) => title)).toEqual(["two"]);
  });

  test("comes back, open as before, when deleting is undone", async () => {
    const { session, ask, answerWith } = await chat({ undo: true });
    await ask("why?");
    await answerWith("Because");
    const { id } = session.shown;
    await session.delete(id);
    expect(session.shown.id).toBe(id);
    expect((await session.list()).map(({ title }) => title)).toEqual(["why?"]);
  });

  test("is listed without the one that is shown", async () => {
    const { session, ask, answerWith, of, timers } = await chat();
    await ask("one");
    await answerWith("First");
    session.newChat();
    await session.flush();
    await session.open((await session.list())[0]?.id ?? "");
    session.newChat();
    await ask("two");
    await answerWith("Second");
    await session.flush();
    const recent = () =>
      of("surroundings")
        .at(-1)
        ?.surroundings.recent.map(({ title }) => title);
    await eventually(() => {
      timers.pass(200);
      return recent()?.length === 1;
    });
    expect(recent()).toEqual(["one"]);
  });

  test.each([
    ["another", (session: ChatSession, id: string) => session.open(id), "two"],
    ["a new one", (session: ChatSession) => session.newChat(), "New chat"],
  ])("gives way to %s that the person went to while it was read", async (_what, go, title) => {
    const before = await chat();
    await before.ask("one");
    await before.answerWith("First");
    before.session.newChat();
    await before.ask("two");
    await before.answerWith("Second");
    before.session.newChat();
    await before.session.close();
    const { session } = await chat();
    const listed = await session.list();
    const idOf = (question: string) => listed.find((one) => one.title === question)?.id ?? "";
    let free: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      free = resolve;
    });
    const { load } = ConversationStore.prototype;
    vi.spyOn(ConversationStore.prototype, "load").mockImplementationOnce(async function (
      this: ConversationStore,
      id,
    ) {
      await held;
      return load.call(this, id);
    });
    const opening = session.open(idOf("one"));
    await go(session, idOf("two"));
    free();
    await opening;
    expect(titleOf(session.shown)).toBe(title);
  });

  test("is what was typed, even where the conversation cannot be read just now", async () => {
    const before = await chat();
    await before.ask("why?");
    await before.answerWith("Because");
    before.session.draft("half a quest");
    await before.session.close();
    const held = Object.assign(new Error("held"), { code: "EBUSY" });
    vi.spyOn(ConversationStore.prototype, "load").mockRejectedValueOnce(held);
    const { session, of, problems } = await chat();
    session.tellAll();
    expect(problems).toEqual([held]);
    expect(of("composer").at(-1)?.draft).toBe("half a quest");
  });

  test("says so when a conversation cannot be read any more", async () => {
    const { session, of } = await chat();
    await session.open("gone");
    expect(of("notice").at(-1)?.text).toContain("cannot be read");
  });
});
