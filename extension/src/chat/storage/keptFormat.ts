import type { Attachment, AttachmentFit, ModelInfo } from "../../generated/protocol";
import type {
  Answer,
  AnswerFacts,
  AnswerState,
  AttachedCode,
  Conversation,
  Lines,
  Question,
  Turn,
} from "../conversation/conversation";
import { slashCommands } from "../conversation/slashCommand";
import { titleOf } from "../conversation/title";
import { count, fields, flag, kinds, list, number, oneOf, optional, orNull, text } from "../shape";

/** The version of the format that is written here. */
const version = 1;

/** What a list of conversations shows of one. */
export interface Head {
  readonly id: string;
  /** Another with every change, so that a change by another window is noticed. */
  readonly revision: string;
  readonly title: string;
  readonly updatedMs: number;
}

/** What a file holds. */
export type Kept<T> =
  | { readonly kind: "read"; readonly value: T }
  /** It was written by a newer version of the product. */
  | { readonly kind: "newer" }
  | { readonly kind: "damaged" };

/**
 * Writes a conversation as JSON, with its head as the first line.
 *
 * A list of hundreds then needs no more than the beginning of each file.
 */
export function writeKept(conversation: Conversation, revision: string): string {
  const { id, updatedMs } = conversation;
  const head = { version, id, revision, title: titleOf(conversation), updatedMs };
  return `${JSON.stringify(head).slice(0, -1)},\n"conversation":${JSON.stringify(conversation)}}\n`;
}

/** Reads the head out of a file's beginning. */
export function readHead(beginning: string): Kept<Head> {
  const [first = ""] = beginning.split("\n", 1);
  return readVersioned(first.endsWith(",") ? `${first.slice(0, -1)}}` : beginning, isHead);
}

export function readKept(content: string): Kept<{ revision: string; conversation: Conversation }> {
  return readVersioned(content, isKeptConversation);
}

/** What the panel showed beside the conversations. */
export interface PanelMemory {
  /** The conversation that was open. */
  readonly shown: string | null;
  readonly draft: string;
  readonly attachments: readonly AttachedCode[];
}

export function writeMemory(memory: PanelMemory): string {
  return `${JSON.stringify({ version, ...memory })}\n`;
}

export function readMemory(content: string): Kept<PanelMemory> {
  return readVersioned(content, isMemory);
}

/** Ids are names of files: nothing else may come in by them. */
export function isConversationId(id: string): boolean {
  return /^[0-9a-zA-Z-]{1,64}$/.test(id);
}

function readVersioned<T>(content: string, shape: (value: unknown) => value is T): Kept<T> {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    return { kind: "damaged" };
  }
  if (isVersioned(value) && value.version > version) {
    return { kind: "newer" };
  }
  return isVersioned(value) && shape(value) ? { kind: "read", value } : { kind: "damaged" };
}

const isVersioned = fields<{ version: number }>({ version: count });

const isId = (value: unknown): value is string =>
  typeof value === "string" && isConversationId(value);

const isHead = fields<Head>({ id: isId, revision: text(), title: text(), updatedMs: number });

const isAttachment = fields<Attachment>({
  uri: text(),
  label: text(),
  languageId: text(),
  text: text(),
  focusLine: optional(orNull(count)),
  problems: optional(list(text())),
});

const isFit = fields<AttachmentFit>({
  tokens: count,
  keptTokens: count,
  lines: count,
  firstLine: count,
  endLine: count,
  exact: flag,
});

const isAttached = fields<AttachedCode>({
  id: text(),
  attachment: isAttachment,
  fit: isFit,
  lines: orNull(fields<Lines>({ first: count, end: count })),
});

const isQuestion = fields<Question>({
  text: text(),
  command: orNull(oneOf(...slashCommands)),
  attachments: list(isAttached),
});

const nothingMore = fields<object>({});

const isState = kinds<AnswerState>({
  streaming: nothingMore,
  complete: nothingMore,
  tooLong: nothingMore,
  stopped: nothingMore,
  failed: fields<{ reason: string; remedy: string | null }>({
    reason: text(),
    remedy: orNull(text()),
  }),
});

const isFacts = fields<AnswerFacts>({
  model: fields<ModelInfo>({ id: text(), name: text(), quantization: text(), starter: flag }),
  acceleratorName: text(),
  ttftMs: orNull(number),
  tokensPerSecond: orNull(number),
  promptTokens: count,
  contextWindow: count,
  droppedMessages: count,
});

const isAnswer = fields<Answer>({ text: text(), state: isState, facts: orNull(isFacts) });

const isTurnLike = fields<Turn>({
  id: text(),
  question: isQuestion,
  answers: list(isAnswer),
  shown: count,
});

const isTurn = (value: unknown): value is Turn =>
  isTurnLike(value) && value.shown < value.answers.length;

const isConversation = fields<Conversation>({
  id: isId,
  createdMs: number,
  updatedMs: number,
  turns: list(isTurn),
});

const isKeptConversation = fields<{ revision: string; conversation: Conversation }>({
  revision: text(),
  conversation: isConversation,
});

const isMemory = fields<PanelMemory>({
  shown: orNull(isId),
  draft: text(),
  attachments: list(isAttached),
});
