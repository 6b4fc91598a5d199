import { assertNever } from "../assertNever";
import type { Answer } from "../chat/conversation/conversation";
import type {
  ShownAttachment,
  ShownConversation,
  ShownTurn,
  Surroundings,
  TokenColours,
  ToPanel,
} from "../chat/panel/panelMessages";

/** Everything that is drawn and came from the extension. */
export interface PanelState {
  /** Null until the extension has told. */
  readonly conversation: ShownConversation | null;
  readonly surroundings: Surroundings | null;
  readonly attachments: readonly ShownAttachment[];
  readonly notice: string | null;
  /** Whether text was missed, and the whole was asked for but has not come yet. */
  readonly lacking: boolean;
}

/** What to do about a message once the state holds it. */
export type Effect =
  | { readonly kind: "nothing" }
  | { readonly kind: "redraw" }
  /** Draws text behind the answer that is there already. */
  | {
      readonly kind: "append";
      readonly conversation: ShownConversation;
      readonly turn: ShownTurn;
      readonly answer: number;
      readonly text: string;
    }
  /** Something was missed: ask for everything. */
  | { readonly kind: "askAgain" }
  | { readonly kind: "draft"; readonly text: string }
  | { readonly kind: "colours"; readonly colours: TokenColours | null }
  | { readonly kind: "focus" };

export interface Received {
  readonly state: PanelState;
  readonly effect: Effect;
}

export const emptyState: PanelState = {
  conversation: null,
  surroundings: null,
  attachments: [],
  notice: null,
  lacking: false,
};

/** Takes in a message. A repeated or late one changes nothing that is drawn. */
export function receive(state: PanelState, message: ToPanel): Received {
  switch (message.kind) {
    case "conversation": {
      const { conversation } = message;
      const other = conversation.id !== state.conversation?.id;
      const notice = other ? null : state.notice;
      return redraw({ ...state, conversation, notice, lacking: false });
    }
    case "turn":
      return state.conversation?.id === message.conversation
        ? redraw({ ...state, conversation: withTurn(state.conversation, message.turn) })
        : unchanged(state);
    case "text":
      return receiveText(state, message);
    case "composer": {
      const received = redraw({ ...state, attachments: message.attachments });
      return message.draft === null
        ? received
        : { ...received, effect: { kind: "draft", text: message.draft } };
    }
    case "surroundings":
      return redraw({ ...state, surroundings: message.surroundings });
    case "notice":
      return redraw({ ...state, notice: message.text });
    case "colours":
      return { state, effect: { kind: "colours", colours: message.colours } };
    case "focus":
      return { state, effect: { kind: "focus" } };
    default:
      return assertNever(message);
  }
}

/** The answer that is shown of a turn, if there is one. */
export function shownAnswer(turn: ShownTurn): Answer | undefined {
  return turn.answers[turn.shown];
}

/** Whether an answer is under way, shown or not. */
export function isAnswering(conversation: ShownConversation | null): boolean {
  return (
    conversation?.turns.some(({ answers }) =>
      answers.some(({ state }) => state.kind === "streaming"),
    ) ?? false
  );
}

function receiveText(state: PanelState, piece: ToPanel & { kind: "text" }): Received {
  const { conversation } = state;
  if (conversation === null || conversation.id !== piece.conversation) {
    return unchanged(state);
  }
  const turn = conversation.turns.find(({ id }) => id === piece.turn);
  const answer = turn?.answers[piece.answer];
  if (turn === undefined || answer === undefined || piece.at > answer.text.length) {
    return state.lacking
      ? unchanged(state)
      : { state: { ...state, lacking: true }, effect: { kind: "askAgain" } };
  }
  // What overlaps is there already.
  const text = piece.text.slice(answer.text.length - piece.at);
  if (text === "") {
    return unchanged(state);
  }
  const answers = turn.answers.with(piece.answer, { ...answer, text: answer.text + text });
  const grown = { ...turn, answers };
  const whole = withTurn(conversation, grown);
  return {
    state: { ...state, conversation: whole },
    effect: { kind: "append", conversation: whole, turn: grown, answer: piece.answer, text },
  };
}

function withTurn(conversation: ShownConversation, turn: ShownTurn): ShownConversation {
  const at = conversation.turns.findIndex(({ id }) => id === turn.id);
  const turns = at === -1 ? [...conversation.turns, turn] : conversation.turns.with(at, turn);
  return { ...conversation, turns };
}

const redraw = (state: PanelState): Received => ({ state, effect: { kind: "redraw" } });

const unchanged = (state: PanelState): Received => ({ state, effect: { kind: "nothing" } });
