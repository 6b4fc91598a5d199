import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { answered, attached, question } from "../chat.fixture";
import { appendText, ask, newConversation } from "../conversation/turns";
import { ConversationStore } from "./store";

let folder: string;
let damaged: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "phi-store-"));
  damaged = [];
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A store over the same folder, as another window has one. */
const open = (nowMs = 0) =>
  new ConversationStore(folder, {
    sleep: () => Promise.resolve(),
    nowMs: () => nowMs,
    damaged: (file) => damaged.push(file),
  });

const files = () => readdir(path.join(folder, "conversations"));
const file = (name: string) => path.join(folder, "conversations", name);

async function put(name: string, content: string): Promise<void> {
  await mkdir(path.join(folder, "conversations"), { recursive: true });
  await writeFile(file(name), content);
}

describe("the kept conversations", () => {
  test("are none at first", async () => {
    expect(await open().list()).toEqual([]);
    expect(await open().load("nothing")).toBeUndefined();
  });

  test("come back as they were", async () => {
    const asked = ask(answered("c1", "one", "two"), {
      id: "t3",
      question: question("three", { command: "fix", attachments: [attached('a\n"b"\u2028')] }),
      nowMs: 50,
    });
    const conversation = appendText(asked, { turn: "t3", answer: 0 }, "Be\ncau");
    expect(await open().save(conversation)).toEqual({ kind: "saved" });
    expect(await open().load("c1")).toEqual(conversation);
  });

  test("are listed with title and time, the newest first", async () => {
    const store = open();
    await store.save(answered("old", "first question"));
    await store.save({ ...answered("new", "second question"), updatedMs: 99 });
    expect(await open().list()).toEqual([
      { id: "new", title: "second question", updatedMs: 99 },
      { id: "old", title: "first question", updatedMs: 20 },
    ]);
  });

  test("are listed by their beginnings, however long they are", async () => {
    const store = open();
    const long = answered("long", "q");
    await store.save(appendText(long, { turn: "t1", answer: 0 }, "x".repeat(1_000_000)));
    const whole = await readFile(file("long.json"), "utf8");
    // What follows the beginning is not looked at for a list.
    await writeFile(file("long.json"), whole.slice(0, 200_000));
    expect((await open().list()).map(({ title }) => title)).toEqual(["q"]);
    expect(damaged).toEqual([]);
  });

  test("are written whole or not at all, with nothing left beside", async () => {
    const store = open();
    await Promise.all([1, 2, 3].map((n) => store.save({ ...answered("c", "q"), updatedMs: n })));
    expect(await files()).toEqual(["c.json"]);
    expect((await store.load("c"))?.updatedMs).toBe(3);
  });

  test.runIf(process.platform !== "win32")("are for the user's eyes alone", async () => {
    await open().save(answered("c", "q"));
    expect((await stat(file("c.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(path.join(folder, "conversations"))).mode & 0o777).toBe(0o700);
  });

  test("of which another window changed one are not overwritten", async () => {
    const mine = open();
    const theirs = open();
    await mine.save(answered("c", "q"));
    const seen = await theirs.load("c");
    await theirs.save({ ...(seen ?? newConversation("c", 0)), updatedMs: 77 });
    const saved = await mine.save({ ...answered("c", "q", "mine"), updatedMs: 88 });
    expect(saved.kind).toBe("moved");
    const id = saved.kind === "moved" ? saved.id : "";
    expect((await open().load("c"))?.updatedMs).toBe(77);
    expect((await open().load(id))?.updatedMs).toBe(88);
    expect((await mine.load(id))?.id).toBe(id);
    // From then on it is its own.
    expect(await mine.save({ ...answered(id, "q"), updatedMs: 89 })).toEqual({ kind: "saved" });
  });

  test("that another window removed are kept again", async () => {
    const mine = open();
    await mine.save(answered("c", "q"));
    await open().remove("c");
    expect(await mine.save(answered("c", "q", "more"))).toEqual({ kind: "saved" });
    expect((await open().load("c"))?.turns).toHaveLength(2);
  });

  test("are gone when removed, and back when restored", async () => {
    const store = open();
    await store.save(answered("c", "q"));
    const removed = await store.remove("c");
    expect(await files()).toEqual([]);
    expect(removed).toBeDefined();
    await store.restore(removed ?? { conversation: newConversation("", 0) });
    expect(await open().load("c")).toEqual(answered("c", "q"));
  });

  test.each([
    ["half a file", '{"version":1,"id":"c","re'],
    ["nothing", ""],
    ["no JSON", "hello"],
    ["another shape", '{"version":1,"id":"c","revision":"r","title":"t","updatedMs":1}'],
    [
      "an answer that is none",
      '{"version":1,"id":"c","revision":"r","title":"t","updatedMs":1,"conversation":{"id":"c","createdMs":1,"updatedMs":1,"turns":[{"id":"t","question":{"text":"q","command":null,"attachments":[]},"answers":[],"shown":0}]}}',
    ],
  ])("that were damaged (%s) are put aside and not lost", async (_what, content) => {
    await put("c.json", content);
    expect(await open().load("c")).toBeUndefined();
    expect(damaged).toEqual(["c.json"]);
    const [aside = ""] = await files();
    expect(aside).toMatch(/^c\.json\.damaged-/);
    expect(await readFile(file(aside), "utf8")).toBe(content);
  });

  test("that were damaged do not keep a list from the others, nor the same id from being written", async () => {
    const store = open();
    await store.save(answered("good", "q"));
    await put("bad.json", "{");
    expect((await open().list()).map(({ id }) => id)).toEqual(["good"]);
    await put("good.json", "\u0000\u0000");
    expect(await store.save(answered("good", "q"))).toEqual({ kind: "saved" });
    expect((await files()).filter((name) => name.includes("damaged"))).toHaveLength(2);
  });

  test("of a newer version are left alone", async () => {
    const content = '{"version":2,"id":"c","parts":[]}';
    await put("c.json", content);
    const store = open();
    expect(await store.list()).toEqual([]);
    expect(await store.load("c")).toBeUndefined();
    expect((await store.save(answered("c", "q"))).kind).toBe("moved");
    expect(await readFile(file("c.json"), "utf8")).toBe(content);
    expect(damaged).toEqual([]);
  });

  test.each(["../panel", "a/b", "", "c.json", "x".repeat(65)])(
    "are never looked for outside of their folder (%j)",
    async (id) => {
      await open().saveMemory({ shown: null, draft: "", attachments: [] });
      expect(await open().load(id)).toBeUndefined();
      expect(await open().remove(id)).toBeUndefined();
      expect(damaged).toEqual([]);
    },
  );
});

describe("the panel's memory", () => {
  const memory = { shown: "c", draft: "half a quest", attachments: [attached()] };

  test("comes back as it was", async () => {
    expect(await open().loadMemory()).toBeUndefined();
    await open().saveMemory(memory);
    expect(await open().loadMemory()).toEqual(memory);
  });

  test("is put aside when damaged, and left alone when newer", async () => {
    await writeFile(path.join(folder, "panel.json"), "nonsense");
    expect(await open().loadMemory()).toBeUndefined();
    expect(damaged).toEqual(["panel.json"]);
    await writeFile(path.join(folder, "panel.json"), '{"version":9}');
    await open().saveMemory(memory);
    expect(await readFile(path.join(folder, "panel.json"), "utf8")).toBe('{"version":9}');
  });

  test("clears away what an editor left that died while it wrote, and nothing newer", async () => {
    await put("c.json.1.tmp", "{");
    await put("c.json.2.tmp", "{");
    await utimes(file("c.json.1.tmp"), 1, 1);
    const nowMs = (await stat(file("c.json.2.tmp"))).mtimeMs + 1_000;
    const beside = path.join(folder, "panel.json.3.tmp");
    await writeFile(beside, "{");
    await utimes(beside, 1, 1);
    await open(nowMs).loadMemory();
    expect(await files()).toEqual(["c.json.2.tmp"]);
    expect(await readdir(folder)).toEqual(["conversations"]);
  });
});
