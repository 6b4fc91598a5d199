import { LogLevel, type LogOutputChannel } from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  ResponseError,
  RevealOutputChannelOn,
} from "vscode-languageclient/node";
import { documentSelector } from "../documents";
import type { InitializationOptions } from "../generated/protocol";
import { logSidecarLine } from "../log";
import type { SidecarProcess } from "./process";

/** What a client is made for. */
export interface ClientInputs {
  readonly process: SidecarProcess;
  readonly log: LogOutputChannel;
  readonly initializationOptions: InitializationOptions;
  readonly handleWorkDoneProgress: NonNullable<
    NonNullable<LanguageClientOptions["middleware"]>["handleWorkDoneProgress"]
  >;
}

/** Makes a language client that neither restarts, kills nor pops up: the supervisor does. */
export function createClient(inputs: ClientInputs): LanguageClient {
  const { process, log } = inputs;
  return new QuietClient(
    "phiSidecar",
    "Phi Sidecar",
    // Handed over as bare streams, so that the client does not kill the process and its workers.
    async () => {
      readLines(process, log);
      return { reader: process.child.stdout, writer: process.child.stdin, detached: true };
    },
    {
      documentSelector: [...documentSelector],
      initializationOptions: inputs.initializationOptions,
      initializationFailedHandler: () => false,
      outputChannel: log,
      traceOutputChannel: untraced,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      middleware: { handleWorkDoneProgress: inputs.handleWorkDoneProgress },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => ({
          action: CloseAction.DoNotRestart,
          handled: true,
          message: "The connection to the sidecar closed.",
        }),
      },
    },
  );
}

class QuietClient extends LanguageClient {
  /** Logs without a notification, and without what a message carried: that may be code. */
  override error(message: string, data?: unknown): void {
    const [head] = message.split("\n", 1);
    super.error([head, describeError(data)].filter(Boolean).join(" "), undefined, false);
  }
}

function describeError(data: unknown): string | undefined {
  if (data instanceof ResponseError) {
    return `(code ${data.code})`;
  }
  return data instanceof Error ? `(${data.message.split("\n", 1)[0]})` : undefined;
}

function readLines(process: SidecarProcess, log: LogOutputChannel): void {
  let rest = "";
  process.child.stderr.setEncoding("utf8");
  process.child.stderr.on("data", (text: string) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) {
      logSidecarLine(log, line);
    }
  });
  process.child.stderr.on("end", () => {
    if (rest !== "") {
      logSidecarLine(log, rest);
    }
  });
}

const nothing = () => undefined;

// A trace would write whole messages, and with them the person's code, into the log.
const untraced: LogOutputChannel = {
  name: "Phi Sidecar trace",
  logLevel: LogLevel.Off,
  onDidChangeLogLevel: () => ({ dispose: nothing }),
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  append: nothing,
  appendLine: nothing,
  replace: nothing,
  clear: nothing,
  show: nothing,
  hide: nothing,
  dispose: nothing,
};
