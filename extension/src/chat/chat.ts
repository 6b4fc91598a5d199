import { randomUUID } from "node:crypto";

import {
  CancellationTokenSource,
  commands,
  type Disposable,
  type LogOutputChannel,
  Uri,
  window,
} from "vscode";

import { assertNever } from "../assertNever";
import { ThemeColours } from "../colours/themeColours";
import { describeError } from "../errors";
import type { Status } from "../generated/protocol";
import { notificationText } from "../notificationText";
import type { SidecarState } from "../sidecar/supervisor";
import { after, later, sleep } from "../time";
import { copy, insert, newFile, openAttachment, openLink } from "./actions";
import { WindowCode } from "./code/attachments";
import { Panel } from "./panel/panel";
import type { FromPanel } from "./panel/panelMessages";
import { ChatSession } from "./session";
import { ConversationStore } from "./storage/store";

/** What the chat needs of the extension. */
export interface ChatInputs {
  readonly extensionUri: Uri;
  /** The extension's folder for this workspace, or for windows without one. */
  readonly storageUri: Uri;
  readonly log: LogOutputChannel;
  /** Hears that an answer came to its own end. */
  answered(): void;
  /** Hears that something was typed into the panel. */
  typed(): void;
  /** Hears that the panel was brought into sight. */
  seen(): void;
}

/** The chat of a window, put together. */
export class Chat implements Disposable {
  readonly session: ChatSession;
  readonly panel: Panel;
  readonly #code: WindowCode;
  readonly #colours: ThemeColours;
  readonly #log: LogOutputChannel;
  readonly #typed: () => void;
  /** Resolves when what was kept is shown again. */
  readonly #restored: Promise<void>;
  #toldNotKept = false;

  constructor({ extensionUri, storageUri, log, answered, typed, seen }: ChatInputs) {
    this.#log = log;
    this.#typed = typed;
    this.#code = new WindowCode(() => this.session.editorChanged());
    this.panel = new Panel({
      pageFolder: Uri.joinPath(extensionUri, "dist", "webview"),
      receive: (message) => this.#receive(message),
      refused: () => log.warn("The chat panel sent a message that was not understood."),
      seen: () => {
        void this.session.look();
        seen();
      },
      closed: () => void this.session.flush(),
    });
    this.#colours = new ThemeColours({
      tell: (colours) => this.panel.post({ kind: "colours", colours }),
      failed: (error) => log.info(`The theme's colours of code: ${describeError(error)}`),
    });
    this.session = new ChatSession({
      store: new ConversationStore(Uri.joinPath(storageUri, "chat").fsPath, {
        sleep: (durationMs) => after(durationMs, undefined),
        nowMs: Date.now,
        damaged: (file) => log.warn(`${file} was damaged and has been put aside.`),
      }),
      editor: this.#code,
      nowMs: Date.now,
      newId: randomUUID,
      later,
      sleep,
      cancellation: () => new CancellationTokenSource(),
      post: (message) => this.panel.post(message),
      answering: (now) => void commands.executeCommand("setContext", "phiSidecar.answering", now),
      answered,
      offerUndo,
      notKept: (error) => this.#notKept(error),
    });
    this.#restored = this.session.restore().catch((error) => this.#notKept(error));
  }

  /** Takes in what the sidecar is and says. */
  update(sidecar: SidecarState, status: Status | undefined): void {
    this.session.update(sidecar, status);
  }

  /** Shows the panel, with what was kept, and puts the keyboard into it. */
  async open(): Promise<void> {
    await Promise.all([this.#restored, this.panel.reveal()]);
    this.panel.post({ kind: "focus" });
  }

  /** Writes what is not kept yet; nothing is heard after it. */
  async close(): Promise<void> {
    await this.#restored;
    await this.session.close();
  }

  dispose(): void {
    this.panel.dispose();
    this.#code.dispose();
    this.#colours.dispose();
  }

  #receive(message: FromPanel): void {
    this.#handle(message).catch((error) => {
      this.#log.error(`The chat panel's ${message.kind} failed: ${describeError(error)}`);
      this.session.notice("That did not work. The log may say why (Phi: Show Log).");
    });
  }

  async #handle(message: FromPanel): Promise<void> {
    const { session } = this;
    switch (message.kind) {
      case "ready":
        void this.#colours.tell();
        await this.#restored;
        return session.tellAll();
      case "ask":
        return session.ask(message.text);
      case "stop":
        return session.stop();
      case "regenerate":
        return session.regenerate(message.turn);
      case "showAnswer":
        return session.showAnswer(message);
      case "openConversation":
        return session.open(message.id);
      case "deleteConversation":
        return session.delete(message.id);
      case "attach":
        return session.attach(message.what);
      case "detach":
        return session.detach(message.id);
      case "openAttachment": {
        const attached = session.attachedCode(message.id);
        return attached && openAttachment(attached);
      }
      case "draft":
        this.#typed();
        return session.draft(message.text);
      case "copy":
        return copy(message.text);
      case "insert":
        return insert(this.#code.editor, message.text);
      case "newFile":
        return newFile(message.text, message.languageId);
      case "openLink":
        return openLink(message.href);
      case "run":
        await commands.executeCommand(message.command);
        return;
      case "failed":
        this.#log.error(`The chat panel: ${message.what.replace(/\p{Cc}+/gu, " ")}`);
        return;
      default:
        return assertNever(message);
    }
  }

  /** Says once that conversations do not last; the log has each time. */
  #notKept(error: unknown): void {
    const why = describeError(error);
    this.#log.error(`A conversation could not be read or kept: ${why}`);
    if (!this.#toldNotKept) {
      this.#toldNotKept = true;
      const message = `Phi Sidecar could not keep a conversation (${why}). It stays until the window closes.`;
      void window.showWarningMessage(message);
    }
  }
}

async function offerUndo(title: string): Promise<boolean> {
  const undo = "Undo";
  const message = notificationText(`“${title}” was deleted.`);
  return (await window.showInformationMessage(message, undo)) === undo;
}
