import type { AttachmentFit, ChatResult, Status } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import type { SidecarState } from "../sidecar/supervisor";
import type { AttachedCode, Conversation, Question } from "./conversation/conversation";
import { ask, breakOff, finish, newConversation } from "./conversation/turns";

/** Lets everything happen that waits for nothing but files. */
export const settle = () => new Promise((resolve) => setImmediate(resolve));

// A disk that is busy with something else takes its time.
const eventuallyMs = 10_000;

/** Waits until something holds that depends on files being written. */
export async function eventually(condition: () => boolean | Promise<boolean>): Promise<void> {
  const beganMs = performance.now();
  while (!(await condition())) {
    if (performance.now() - beganMs > eventuallyMs) {
      throw new Error("It never came to be.");
    }
    await settle();
  }
}

export const fit: AttachmentFit = {
  tokens: 12,
  keptTokens: 12,
  lines: 2,
  firstLine: 0,
  endLine: 2,
  exact: true,
};

export function attached(text = "a = 1\nb = 2", label = "stock.py:3-4"): AttachedCode {
  return {
    id: `id of ${label}`,
    attachment: { uri: "file:///w/stock.py", label, languageId: "python", text, problems: [] },
    fit,
    lines: { first: 2, end: 4 },
  };
}

export function question(text: string, more: Partial<Question> = {}): Question {
  return { text, command: null, attachments: [], ...more };
}

export function result(text: string, more: Partial<ChatResult> = {}): ChatResult {
  return {
    text,
    finishReason: "stop",
    metrics: {
      ttftMs: 400,
      tpotMs: 25,
      totalMs: 900,
      promptTokens: 120,
      cachedTokens: 0,
      completionTokens: 20,
      executingDevice: "CPU",
    },
    accelerator: "openvino-genai/CPU",
    acceleratorName: "CPU (OpenVINO)",
    model: { id: "starter", name: "Starter", quantization: "Q8_0", starter: true },
    contextWindow: 8192,
    ...more,
  };
}

/** A conversation with this many questions that were answered. */
export function answered(id: string, ...texts: string[]): Conversation {
  return texts.reduce(
    (before, text, index) => {
      const turn = `t${index + 1}`;
      const asked = ask(before, { id: turn, question: question(text), nowMs: 10 + index });
      const place = { turn, answer: 0 };
      return finish(asked, place, { result: result(`Answer to ${text}`), nowMs: 20 + index });
    },
    newConversation(id, 1),
  );
}

/** The same with a last question that nothing came to. */
export function refused(conversation: Conversation, text: string): Conversation {
  const asked = ask(conversation, { id: "refused", question: question(text), nowMs: 30 });
  const state = { kind: "failed", reason: "No.", remedy: null } as const;
  return breakOff(asked, { turn: "refused", answer: 0 }, { state, nowMs: 31 });
}

export const ready: Status = {
  phase: "ready",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
  model: { id: "starter", name: "Starter", quantization: "Q8_0", starter: true },
  contextWindow: 8192,
};

/** One request to a sidecar that a test answers. */
export interface Asked {
  readonly method: string;
  readonly params: Record<string, unknown>;
  readonly cancelled: () => boolean;
  piece(text: string): void;
  answer(value: unknown): void;
  refuse(code: number, message: string, remedy?: string): void;
}

/** A sidecar that does what a test tells it to. */
export class FakeSidecar {
  readonly asked: Asked[] = [];
  readonly connection: Connection;
  #end: (how: string) => void = () => undefined;

  constructor() {
    const ended = new Promise<string>((resolve) => {
      this.#end = resolve;
    });
    this.connection = {
      request: (method, params, token) => this.#ask({ method, params, token, piece: () => {} }),
      stream: (method, params, { piece, token }) =>
        this.#ask({ method, params, token, piece: (text) => piece({ text } as never) }),
      notify: () => Promise.resolve(),
      sendSettings: () => Promise.resolve(),
      trackProgress: () => ({ dispose: () => undefined }),
      ended,
      close: () => Promise.resolve(),
    };
  }

  get state(): SidecarState {
    return { kind: "running", connection: this.connection };
  }

  die(how = "was ended by SIGKILL"): void {
    this.#end(how);
  }

  /** The chats among what was asked. */
  get chats(): Asked[] {
    return this.asked.filter(({ method }) => method === "phi/chat");
  }

  get chat(): Asked {
    return this.chats.at(-1) as Asked;
  }

  #ask<T>({
    method,
    params,
    token,
    piece,
  }: {
    method: string;
    params: object;
    token: { isCancellationRequested: boolean } | undefined;
    piece(text: string): void;
  }): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.asked.push({
        method,
        params: params as Record<string, unknown>,
        cancelled: () => token?.isCancellationRequested === true,
        piece,
        answer: (value) => resolve(value as T),
        refuse: (code, message, remedy) =>
          reject(Object.assign(new Error(message), { code, data: remedy && { remedy } })),
      });
    });
  }
}

/** A cancellation as the editor makes it. */
export function cancellation() {
  const token = {
    isCancellationRequested: false,
    onCancellationRequested: () => ({ dispose: () => undefined }),
  };
  return {
    token,
    cancel: () => {
      token.isCancellationRequested = true;
    },
    dispose: () => undefined,
  };
}

/** Timers that go off when a test says so. */
export class Timers {
  #waiting: { atMs: number; run: () => void }[] = [];
  nowMs = 1_000;

  readonly later = (durationMs: number, run: () => void) => {
    const timer = { atMs: this.nowMs + durationMs, run };
    this.#waiting.push(timer);
    return {
      dispose: () => {
        this.#waiting = this.#waiting.filter((one) => one !== timer);
      },
    };
  };

  readonly sleep = (durationMs: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const { dispose } = this.later(durationMs, resolve);
      signal?.addEventListener("abort", () => {
        dispose();
        resolve();
      });
    });

  pass(durationMs: number): void {
    this.nowMs += durationMs;
    const due = this.#waiting.filter(({ atMs }) => atMs <= this.nowMs);
    this.#waiting = this.#waiting.filter((one) => !due.includes(one));
    for (const { run } of due) {
      run();
    }
  }
}
