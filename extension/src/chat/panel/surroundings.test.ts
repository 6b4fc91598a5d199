import { expect, test } from "vitest";

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
  const teller = new SurroundingsTeller({
    readiness: new Readiness(),
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
  return { teller, timers, lists, editor, posted, recent };
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
