// What the extension would tell, for tests to show.
import type { Answer, AnswerFacts } from "../../extension/src/chat/conversation/conversation";
import type {
  ModelState,
  ShownAttachment,
  ShownConversation,
  ShownTurn,
  Surroundings,
  ToPanel,
} from "../../extension/src/chat/panel/panelMessages";

export const ready: ModelState = {
  kind: "ready",
  model: "Phi-3 mini",
  starter: false,
  accelerator: "Intel NPU (OpenVINO)",
};

export const starter: ModelState = {
  kind: "ready",
  model: "SmolLM2 135M",
  starter: true,
  accelerator: "CPU (OpenVINO)",
};

export const preparing: ModelState = {
  kind: "preparing",
  step: "Fetching the starter model, 61 of 145 MB",
  percentage: 42,
};

export const unavailable: ModelState = {
  kind: "unavailable",
  reason: "The driver of the NPU is missing.",
  remedy: "Install the driver, then try again.",
  commands: [
    { title: "Try again", command: "phiSidecar.tryAgain" },
    { title: "Switch accelerator", command: "phiSidecar.switchAccelerator" },
  ],
};

export const facts: AnswerFacts = {
  model: { id: "phi-3-mini", name: "Phi-3 mini", quantization: "int4", starter: false },
  acceleratorName: "Intel NPU (OpenVINO)",
  ttftMs: 412,
  tokensPerSecond: 38.2,
  promptTokens: 1234,
  contextWindow: 8192,
  droppedMessages: 0,
};

export const whole: ShownAttachment = {
  id: "a1",
  label: "stock.py:3-10",
  startLine: 2,
  fit: { tokens: 412, keptTokens: 412, lines: 8, firstLine: 0, endLine: 8, exact: true },
};

export const cut: ShownAttachment = {
  id: "a2",
  label: "inventory/warehouse.py",
  startLine: 0,
  fit: { tokens: 5210, keptTokens: 2048, lines: 540, firstLine: 0, endLine: 212, exact: true },
};

export function surroundings(changed: Partial<Surroundings> = {}): ToPanel {
  return {
    kind: "surroundings",
    surroundings: {
      model: ready,
      better: null,
      editor: { selection: null, file: "stock.py" },
      recent: [],
      ...changed,
    },
  };
}

export function answer(changed: Partial<Answer> = {}): Answer {
  return { text: "It adds the prices.", state: { kind: "complete" }, facts, ...changed };
}

export const streaming = (text: string): Answer =>
  answer({ text, state: { kind: "streaming" }, facts: null });

export function turn(
  id: string,
  {
    text = "What does this do?",
    command = null,
    attachments = [],
    answers = [answer()],
    shown = answers.length - 1,
  }: Partial<ShownTurn["question"] & Pick<ShownTurn, "answers" | "shown">> = {},
): ShownTurn {
  return { id, question: { text, command, attachments }, answers, shown };
}

export function conversation(
  turns: readonly ShownTurn[] = [],
  { id = "c1", title = "What does this do?" }: Partial<ShownConversation> = {},
): ToPanel {
  return { kind: "conversation", conversation: { id, title, turns } };
}

export const newTurn = (changed: ShownTurn): ToPanel => ({
  kind: "turn",
  conversation: "c1",
  turn: changed,
});

export const piece = (at: number, text: string, answerIndex = 0): ToPanel => ({
  kind: "text",
  conversation: "c1",
  turn: "t1",
  answer: answerIndex,
  at,
  text,
});

export const composer = (draft: string | null, attachments: readonly ShownAttachment[] = []) =>
  ({ kind: "composer", draft, attachments }) satisfies ToPanel;

/** An answer with what answers are made of. */
export const markdown = `The loop **adds up** the prices of all parts, and \`None\` counts as zero.

1. It asks for the stock first.
2. It multiplies each \`count\` with its price.

\`\`\`python
def total(parts: list[Part]) -> Decimal:
    """Add up what the parts cost."""
    return sum((part.price * part.count for part in parts), start=Decimal(0))
\`\`\`

See the [documentation](https://docs.python.org/3/library/decimal.html) for more.
`;
