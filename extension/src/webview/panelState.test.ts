import { expect, test } from "vitest";

import type { Answer } from "../chat/conversation/conversation";
import type { ShownTurn, ToPanel } from "../chat/panel/panelMessages";
import { type Effect, emptyState, isAnswering, type PanelState, receive } from "./panelState";

const streaming = (text: string): Answer => ({ text, state: { kind: "streaming" }, facts: null });

const turn = (id: string, ...answers: Answer[]): ShownTurn => ({
  id,
  question: { text: "why?", command: null, attachments: [] },
  answers,
  shown: Math.max(0, answers.length - 1),
});

const conversation = (...turns: ShownTurn[]): ToPanel => ({
  kind: "conversation",
  conversation: { id: "c1", title: "Why?", turns },
});

const piece = (at: number, text: string, changed: Partial<ToPanel & { kind: "text" }> = {}) =>
  ({ kind: "text", conversation: "c1", turn: "t1", answer: 0, at, text, ...changed }) as const;

/** What comes of these messages, and the last one's effect. */
function after(...messages: ToPanel[]): { state: PanelState; effect: Effect } {
  return messages.reduce<{ state: PanelState; effect: Effect }>(
    ({ state }, message) => receive(state, message),
    { state: emptyState, effect: { kind: "nothing" } },
  );
}

const textOf = ({ conversation }: PanelState) => conversation?.turns[0]?.answers[0]?.text;
const appended = (effect: Effect) => (effect.kind === "append" ? effect.text : effect.kind);

test("streamed text goes behind what is there", () => {
  const { state, effect } = after(
    conversation(turn("t1", streaming(""))),
    piece(0, "It "),
    piece(3, "adds"),
  );
  expect(textOf(state)).toBe("It adds");
  expect(appended(effect)).toBe("adds");
});

test("a piece that came twice is not drawn twice", () => {
  const { state, effect } = after(
    conversation(turn("t1", streaming(""))),
    piece(0, "It "),
    piece(0, "It "),
  );
  expect(textOf(state)).toBe("It ");
  expect(effect.kind).toBe("nothing");
});

test("of a piece that overlaps only the new end is drawn", () => {
  const { state, effect } = after(
    conversation(turn("t1", streaming("It ad"))),
    piece(3, "adds up"),
  );
  expect(textOf(state)).toBe("It adds up");
  expect(appended(effect)).toBe("ds up");
});

test("a gap asks for the whole, once", () => {
  const gap = after(conversation(turn("t1", streaming("It "))), piece(7, "up"));
  expect(gap.effect.kind).toBe("askAgain");
  expect(textOf(gap.state)).toBe("It ");
  const again = receive(gap.state, piece(9, " the prices"));
  expect(again.effect.kind).toBe("nothing");
});

test("once the whole has come, another gap asks again", () => {
  const { effect } = after(
    conversation(turn("t1", streaming("It "))),
    piece(7, "up"),
    conversation(turn("t1", streaming("It adds up"))),
    piece(20, "prices"),
  );
  expect(effect.kind).toBe("askAgain");
});

test("text of a turn or an answer that is not known asks for the whole", () => {
  const known = conversation(turn("t1", streaming("")));
  expect(after(known, piece(0, "It", { turn: "t2" })).effect.kind).toBe("askAgain");
  expect(after(known, piece(0, "It", { answer: 1 })).effect.kind).toBe("askAgain");
});

test("text and turns of another conversation are late, and change nothing", () => {
  const shown = after(conversation(turn("t1", streaming("It "))));
  expect(receive(shown.state, piece(3, "adds", { conversation: "c0" })).state).toBe(shown.state);
  const late: ToPanel = { kind: "turn", conversation: "c0", turn: turn("t9") };
  expect(receive(shown.state, late)).toEqual({ state: shown.state, effect: { kind: "nothing" } });
});

test("a turn takes its own place, and a new one the last", () => {
  const { state } = after(
    conversation(turn("t1"), turn("t2")),
    { kind: "turn", conversation: "c1", turn: turn("t1", streaming("It")) },
    { kind: "turn", conversation: "c1", turn: turn("t3") },
  );
  expect(state.conversation?.turns.map(({ id }) => id)).toEqual(["t1", "t2", "t3"]);
  expect(textOf(state)).toBe("It");
});

test("text goes to the answer that it is of, though another is shown", () => {
  const shown = { ...turn("t1", streaming("old"), streaming("new")), shown: 0 };
  const { state } = after(conversation(shown), piece(3, "er", { answer: 1 }));
  expect(state.conversation?.turns[0]?.answers.map(({ text }) => text)).toEqual(["old", "newer"]);
});

test("a notice stays until another conversation is shown", () => {
  const noticed = after(conversation(), { kind: "notice", text: "Too large." });
  expect(noticed.state.notice).toBe("Too large.");
  expect(receive(noticed.state, conversation()).state.notice).toBe("Too large.");
  const other: ToPanel = {
    kind: "conversation",
    conversation: { id: "c2", title: "", turns: [] },
  };
  expect(receive(noticed.state, other).state.notice).toBeNull();
});

test("a draft reaches the composer, and none leaves it alone", () => {
  const draft = after({ kind: "composer", draft: "why", attachments: [] });
  expect(draft.effect).toEqual({ kind: "draft", text: "why" });
  const none = after({ kind: "composer", draft: null, attachments: [] });
  expect(none.effect.kind).toBe("redraw");
});

test("an answer under way is known though another one is shown", () => {
  const { state } = after(
    conversation({ ...turn("t1", streaming("old"), streaming("")), shown: 0 }),
  );
  expect(isAnswering(state.conversation)).toBe(true);
  expect(isAnswering(after(conversation(turn("t1"))).state.conversation)).toBe(false);
});
