import {
  commands,
  type Disposable,
  EventEmitter,
  Uri,
  type Webview,
  type WebviewView,
  type WebviewViewProvider,
  window,
} from "vscode";

import { panelHtml } from "./panelHtml";
import { readFromPanel } from "./panelInput";
import type { FromPanel, ToPanel } from "./panelMessages";

const viewId = "phiSidecar.chat";
// A page of some hundred kilobytes off the disk.
const readyWithinMs = 15_000;

/** What the panel needs of the rest. */
export interface PanelInputs {
  /** Where the bundled page lies. */
  readonly pageFolder: Uri;
  /** Hears a message once it was checked. */
  receive(message: FromPanel): void;
  /** Hears of a message that the page would not send. */
  refused(): void;
  /** Hears that the person sees the page again. */
  seen(): void;
  /** Hears that the page has gone. */
  closed(): void;
}

/** The view in the side bar: shows the page, and carries messages to it. */
export class Panel implements WebviewViewProvider, Disposable {
  readonly #inputs: PanelInputs;
  readonly #registered: Disposable;
  readonly #becameReady = new EventEmitter<void>();
  #view: WebviewView | undefined;
  #ready = false;

  constructor(inputs: PanelInputs) {
    this.#inputs = inputs;
    this.#registered = window.registerWebviewViewProvider(viewId, this, {
      // A long answer is not drawn anew each time the person looks at the files.
      webviewOptions: { retainContextWhenHidden: true },
    });
  }

  resolveWebviewView(view: WebviewView): void {
    this.#view = view;
    this.#ready = false;
    const { pageFolder } = this.#inputs;
    view.webview.options = {
      enableScripts: true,
      enableForms: false,
      enableCommandUris: false,
      localResourceRoots: [pageFolder],
    };
    view.webview.onDidReceiveMessage((message: unknown) => this.#receive(message));
    view.onDidChangeVisibility(() => {
      if (view.visible) {
        this.#inputs.seen();
      }
    });
    view.onDidDispose(() => {
      if (this.#view === view) {
        this.#view = undefined;
        this.#ready = false;
        this.#inputs.closed();
      }
    });
    view.webview.html = page(view.webview, pageFolder);
  }

  /** Sends a message; a page that is not there yet asks for everything when it is. */
  post(message: ToPanel): void {
    if (message.kind === "conversation" && this.#view !== undefined) {
      this.#view.description =
        message.conversation.turns.length > 0 ? message.conversation.title : "";
    }
    if (this.#ready) {
      void this.#view?.webview.postMessage(message);
    }
  }

  /** Opens the view where it is hidden, and resolves when its page can be spoken to. */
  async reveal(): Promise<void> {
    await commands.executeCommand(`${viewId}.focus`);
    if (!this.#ready) {
      await this.#untilReady();
    }
  }

  dispose(): void {
    this.#registered.dispose();
    this.#becameReady.dispose();
  }

  #receive(message: unknown): void {
    const checked = readFromPanel(message);
    if (checked === undefined) {
      this.#inputs.refused();
      return;
    }
    if (checked.kind === "ready") {
      this.#ready = true;
    }
    this.#inputs.receive(checked);
    if (checked.kind === "ready") {
      this.#becameReady.fire();
    }
  }

  #untilReady(): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        listening.dispose();
        reject(new Error("The chat panel did not open. Open it from the side bar."));
      }, readyWithinMs);
      const listening = this.#becameReady.event(() => {
        clearTimeout(late);
        listening.dispose();
        resolve();
      });
    });
  }
}

function page(webview: Webview, folder: Uri): string {
  const address = (file: string) => webview.asWebviewUri(Uri.joinPath(folder, file)).toString();
  return panelHtml({
    cspSource: webview.cspSource,
    script: address("panel.js"),
    style: address("style.css"),
    icons: address("codicon.css"),
  });
}
