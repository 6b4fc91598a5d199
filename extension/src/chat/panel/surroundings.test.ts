import { expect, test } from "vitest";

import { int4, modelOf } from "../../models/models.fixture";
import { settle, Timers } from "../chat.fixture";
import type { EditorCode } from "../code/editorCode";
import type { ConversationSummary } from "../conversation/conversation";
import { Readiness } from "../readiness";
import type { ToPanel } from "./panelMessages";
import { SurroundingsTeller } from "./surroundings";

const conversation = (id: string): ConversationSummary => ({ id, title: id, updatedMs: 0 });
const refused = { kind: "refused", reason: "No." } as const;

/** A teller whose lists a test hands out. */
function surroundings() {
  const posted: (ToPanel & { kind: "surroundings" })[] = [];
  const timers = new Timers();
  const lists: ((ids: string[]) => void)[] = [];
  const editor = { file: "a.py" };
  const labels = (): ReturnType<EditorCode["labels"]> => ({ selection: null, file: editor.file });
  const readiness = new Readiness();
  const teller = new SurroundingsTeller({
    readiness,
    editor: { labels, selection: () => refused, file: () => refused },
    shown: () => "shown",
    list: () => new Promise((resolve) => lists.push((ids) => resolve(ids.map(conversation)))),
    later: timers.later,
    post: (message) => {
      if (message.kind === "surroundings") {
        posted.push(message);
      }
    },
    notKept: (error) => expect.unreachable(String(error)),
  });
  const recent = () => posted.at(-1)?.surroundings.recent.map(({ id }) => id);
  return { teller, timers, lists, editor, readiness, posted, recent };
}

test("many changes are told once, and what is no news is not told", () => {
  const { teller, timers, editor, posted } = surroundings();
  for (let change = 0; change < 50; change += 1) {
    editor.file = `${change}.py`;
    teller.changed();
  }
  timers.pass(120);
  expect(posted.map(({ surroundings: { editor: told } }) => told.file)).toEqual(["49.py"]);
  teller.changed();
  timers.pass(120);
  expect(posted).toHaveLength(1);
});

test("a panel that knows nothing is told at once, news or not", () => {
  const { teller, posted } = surroundings();
  teller.tell();
  teller.tell();
  expect(posted).toHaveLength(2);
});

test("the three newest beside the shown one are told", async () => {
  const { teller, timers, lists, recent } = surroundings();
  void teller.listRecent();
  lists[0]?.(["d", "shown", "c", "b", "a"]);
  await settle();
  timers.pass(120);
  expect(recent()).toEqual(["d", "c", "b"]);
});

test("a list that took longer than the next does not bring back what was deleted", async () => {
  const { teller, timers, lists, recent } = surroundings();
  void teller.listRecent();
  void teller.listRecent();
  lists[1]?.(["kept"]);
  lists[0]?.(["deleted", "kept"]);
  await settle();
  timers.pass(120);
  expect(recent()).toEqual(["kept"]);
});

test("what there is in the starter's place is told by its short name and its size", () => {
  const { teller, timers, readiness, posted } = surroundings();
  const better = () => {
    teller.changed();
    timers.pass(120);
    return posted.at(-1)?.surroundings.better;
  };
  const model = modelOf([int4], { name: "Phi-3 mini 4k instruct" });
  expect(better()).toBeNull();
  readiness.better = { kind: "offer", model, quantization: "int4", bytes: 2_160_000_000 };
  expect(better()).toEqual({ kind: "offer", name: "Phi-3 mini", size: "2.2 GB" });
  readiness.better = { kind: "underWay", model };
  expect(better()).toEqual({ kind: "underWay", name: "Phi-3 mini" });
});
