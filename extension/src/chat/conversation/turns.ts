import { assertNever } from "../../assertNever";
import type { AttachmentFit, ChatResult, FinishReason } from "../../generated/protocol";
import type {
  Answer,
  AnswerFacts,
  AnswerState,
  AttachedCode,
  Conversation,
  Question,
  Turn,
} from "./conversation";

/** One answer's place in a conversation. */
export interface AnswerPlace {
  readonly turn: string;
  readonly answer: number;
}

const nothingYet: Answer = { text: "", state: { kind: "streaming" }, facts: null };

export function newConversation(id: string, nowMs: number): Conversation {
  return { id, createdMs: nowMs, updatedMs: nowMs, turns: [] };
}

/** Adds a question, with an answer of which nothing has come yet. */
export function ask(
  conversation: Conversation,
  { id, question, nowMs }: { id: string; question: Question; nowMs: number },
): Conversation {
  const turn = { id, question, answers: [nothingYet], shown: 0 };
  return { ...conversation, updatedMs: nowMs, turns: [...conversation.turns, turn] };
}

/**
 * Begins another answer to a question, and shows it; the ones before stay.
 *
 * One that broke off before a word came is no answer to go back to: the new one takes its place.
 */
export function askAnother(conversation: Conversation, id: string, nowMs: number): Conversation {
  const asked = withTurn(conversation, id, (turn) => {
    const answers = [...turn.answers.filter(({ text }) => text !== ""), nothingYet];
    return { ...turn, answers, shown: answers.length - 1 };
  });
  return { ...asked, updatedMs: nowMs };
}

/** Whether a new answer should differ from those before; one that broke off should not. */
export function wantsAnother(turn: Turn): boolean {
  return turn.answers.some(({ text, state }) => text !== "" && state.kind !== "failed");
}

export function appendText(
  conversation: Conversation,
  place: AnswerPlace,
  text: string,
): Conversation {
  return withAnswer(conversation, place, (answer) => ({ ...answer, text: answer.text + text }));
}

/** Ends an answer with what the sidecar tells of it. */
export function finish(
  conversation: Conversation,
  place: AnswerPlace,
  { result, nowMs }: { result: ChatResult; nowMs: number },
): Conversation {
  const finished = withAnswer(conversation, place, (answer) => ({
    // What was streamed was seen: a result without text does not take it away.
    text: result.text === "" ? answer.text : result.text,
    state: stateOf(result.finishReason),
    facts: factsOf(result),
  }));
  return {
    ...withFits(finished, place.turn, result.attachments ?? []),
    updatedMs: nowMs,
  };
}

/** Ends an answer that broke off, or was stopped before the sidecar heard of it; what came stays. */
export function breakOff(
  conversation: Conversation,
  place: AnswerPlace,
  { state, nowMs }: { state: AnswerState; nowMs: number },
): Conversation {
  return {
    ...withAnswer(conversation, place, (answer) => ({ ...answer, state })),
    updatedMs: nowMs,
  };
}

/** Ends every answer that was under way when it was kept. */
export function breakOffAll(conversation: Conversation, state: AnswerState): Conversation {
  const end = (answer: Answer) =>
    answer.state.kind === "streaming" ? { ...answer, state } : answer;
  const turns = conversation.turns.map((turn) => ({ ...turn, answers: turn.answers.map(end) }));
  return { ...conversation, turns };
}

/** Goes to another of a question's answers; one that is not there changes nothing. */
export function showAnswer(
  conversation: Conversation,
  { turn: id, answer }: AnswerPlace,
): Conversation {
  return withTurn(conversation, id, (turn) =>
    turn.answers[answer] === undefined ? turn : { ...turn, shown: answer },
  );
}

/** Notes what is read of a question's attachments, in their order. */
export function withFits(
  conversation: Conversation,
  id: string,
  fits: readonly AttachmentFit[],
): Conversation {
  return withTurn(conversation, id, ({ question, ...turn }) => {
    const attachments = question.attachments.map((attached, index) => ({
      ...attached,
      fit: fits[index] ?? attached.fit,
    }));
    return { ...turn, question: { ...question, attachments } };
  });
}

/** Takes code out of a question, and with it out of what is kept. */
export function withoutCode(
  conversation: Conversation,
  id: string,
  refused: readonly string[],
): Conversation {
  return withTurn(conversation, id, ({ question, ...turn }) => {
    const attachments = question.attachments.filter((attached) => !refused.includes(attached.id));
    return { ...turn, question: { ...question, attachments } };
  });
}

export function turnOf(conversation: Conversation, id: string): Turn | undefined {
  return conversation.turns.find((turn) => turn.id === id);
}

/** The answer under way, if there is one. */
export function underWay(conversation: Conversation): AnswerPlace | undefined {
  for (const { id, answers } of conversation.turns) {
    const answer = answers.findIndex(({ state }) => state.kind === "streaming");
    if (answer !== -1) {
      return { turn: id, answer };
    }
  }
  return undefined;
}

/** The code of a conversation by its id. */
export function attachedCode(conversation: Conversation, id: string): AttachedCode | undefined {
  return conversation.turns
    .flatMap(({ question }) => question.attachments)
    .find((attached) => attached.id === id);
}

function stateOf(reason: FinishReason): AnswerState {
  switch (reason) {
    case "stop":
      return { kind: "complete" };
    case "length":
      return { kind: "tooLong" };
    case "cancelled":
      return { kind: "stopped" };
    default:
      return assertNever(reason);
  }
}

function factsOf(result: ChatResult): AnswerFacts {
  const { ttftMs, tpotMs, promptTokens } = result.metrics;
  return {
    model: result.model,
    acceleratorName: result.acceleratorName,
    ttftMs,
    tokensPerSecond: tpotMs === null || tpotMs <= 0 ? null : 1000 / tpotMs,
    promptTokens,
    contextWindow: result.contextWindow,
    droppedMessages: result.droppedMessages ?? 0,
  };
}

function withTurn(
  conversation: Conversation,
  id: string,
  change: (turn: Turn) => Turn,
): Conversation {
  const at = conversation.turns.findIndex((turn) => turn.id === id);
  const turn = conversation.turns[at];
  return turn === undefined
    ? conversation
    : { ...conversation, turns: conversation.turns.with(at, change(turn)) };
}

function withAnswer(
  conversation: Conversation,
  place: AnswerPlace,
  change: (answer: Answer) => Answer,
): Conversation {
  return withTurn(conversation, place.turn, (turn) => {
    const answer = turn.answers[place.answer];
    return answer === undefined
      ? turn
      : { ...turn, answers: turn.answers.with(place.answer, change(answer)) };
  });
}
