import { describe, expect, test } from "vitest";

import { answered, attached, fit, question, result } from "../chat.fixture";
import type { Answer, Conversation } from "./conversation";
import {
  appendText,
  ask,
  askAnother,
  breakOff,
  breakOffAll,
  finish,
  newConversation,
  showAnswer,
  turnOf,
  underWay,
  wantsAnother,
} from "./turns";

const first = { turn: "t1", answer: 0 };
const answers = (conversation: Conversation, turn = "t1"): readonly Answer[] =>
  turnOf(conversation, turn)?.answers ?? [];
const asked = (more = {}) =>
  ask(newConversation("c", 1), { id: "t1", question: question("why?", more), nowMs: 2 });

describe("a conversation", () => {
  test("shows a question with an answer of which nothing has come", () => {
    expect(asked().turns).toEqual([
      {
        id: "t1",
        question: { text: "why?", command: null, attachments: [] },
        answers: [{ text: "", state: { kind: "streaming" }, facts: null }],
        shown: 0,
      },
    ]);
    expect(underWay(asked())).toEqual(first);
  });

  test("takes in an answer piece by piece", () => {
    const text = ["Be", "cause"].reduce(
      (before, piece) => appendText(before, first, piece),
      asked(),
    );
    expect(answers(text)[0]?.text).toBe("Because");
  });

  test("tells how an answer came about", () => {
    const finished = finish(asked(), first, {
      result: result("Because.", { droppedMessages: 4 }),
      nowMs: 9,
    });
    expect(answers(finished)).toEqual([
      {
        text: "Because.",
        state: { kind: "complete" },
        facts: {
          model: { id: "starter", name: "Starter", quantization: "Q8_0", starter: true },
          acceleratorName: "CPU (OpenVINO)",
          ttftMs: 400,
          tokensPerSecond: 40,
          promptTokens: 120,
          contextWindow: 8192,
          droppedMessages: 4,
        },
      },
    ]);
    expect(finished.updatedMs).toBe(9);
    expect(underWay(finished)).toBeUndefined();
  });

  test.each([
    ["length", "tooLong"],
    ["cancelled", "stopped"],
    ["stop", "complete"],
  ] as const)("calls an answer that ended by %s %s", (finishReason, kind) => {
    const ended = finish(asked(), first, { result: result("x", { finishReason }), nowMs: 3 });
    expect(answers(ended)[0]?.state.kind).toBe(kind);
  });

  test("keeps what came of an answer that was stopped without a report of it", () => {
    const some = appendText(asked(), first, "Beca");
    const ended = finish(some, first, {
      result: result("", { finishReason: "cancelled" }),
      nowMs: 3,
    });
    expect(answers(ended)[0]?.text).toBe("Beca");
  });

  test("takes over what was read of the attachments", () => {
    const cut = { ...fit, keptTokens: 6, endLine: 1 };
    const before = asked({ attachments: [attached()] });
    const ended = finish(before, first, { result: result("x", { attachments: [cut] }), nowMs: 3 });
    expect(turnOf(ended, "t1")?.question.attachments[0]?.fit).toEqual(cut);
  });

  test("keeps what came of an answer that failed", () => {
    const state = { kind: "failed", reason: "It died.", remedy: null } as const;
    const failed = breakOff(appendText(asked(), first, "Beca"), first, { state, nowMs: 3 });
    expect(answers(failed)).toEqual([{ text: "Beca", state, facts: null }]);
  });

  test("keeps the old answer beside another one, and shows the new", () => {
    const another = askAnother(answered("c", "why?"), "t1", 5);
    expect(answers(another).map(({ text }) => text)).toEqual(["Answer to why?", ""]);
    expect(turnOf(another, "t1")?.shown).toBe(1);
  });

  test("replaces an answer that failed before a word came", () => {
    const state = { kind: "failed", reason: "No.", remedy: null } as const;
    const again = askAnother(breakOff(asked(), first, { state, nowMs: 3 }), "t1", 5);
    expect(answers(again)).toEqual([{ text: "", state: { kind: "streaming" }, facts: null }]);
    expect(turnOf(again, "t1")?.shown).toBe(0);
  });

  test("wants a different answer only where there was one that ended well", () => {
    const broken = breakOff(appendText(asked(), first, "Beca"), first, {
      state: { kind: "failed", reason: "It died.", remedy: null },
      nowMs: 3,
    });
    const wants = (conversation: Conversation) => conversation.turns.map(wantsAnother);
    expect(wants(broken)).toEqual([false]);
    expect(wants(asked())).toEqual([false]);
    expect(wants(answered("c", "why?"))).toEqual([true]);
  });

  test("goes back to an earlier answer, and not to one that is not there", () => {
    const another = askAnother(answered("c", "why?"), "t1", 5);
    expect(turnOf(showAnswer(another, first), "t1")?.shown).toBe(0);
    expect(turnOf(showAnswer(another, { turn: "t1", answer: 2 }), "t1")?.shown).toBe(1);
    expect(showAnswer(another, { turn: "other", answer: 0 })).toEqual(another);
  });

  test("ends what was under way when the editor died, and nothing else", () => {
    const state = { kind: "failed", reason: "The editor closed.", remedy: null } as const;
    const before = askAnother(answered("c", "why?"), "t1", 5);
    expect(answers(breakOffAll(before, state)).map((answer) => answer.state.kind)).toEqual([
      "complete",
      "failed",
    ]);
  });
});
