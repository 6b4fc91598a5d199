import {
  type Disposable,
  EventEmitter,
  languages,
  ProgressLocation,
  type TextDocumentContentProvider,
  Uri,
  window,
  workspace,
} from "vscode";

import { Method } from "../generated/methods";
import type { Connection } from "../sidecar/connection";

// A scheme of its own: the sidecar is told of no such document, so nothing is suggested in it.
const scheme = "phi-sidecar-report";
const uri = Uri.from({ scheme, path: "/Phi: this PC" });

// A window that was loaded anew shows its tabs again, but what was in this one is not kept.
const outdated = "Run *Phi: Show What This PC Has* to look at this PC again.\n";

/** Shows what the sidecar finds on this machine as a document to read or to put into a bug report. */
export class ReportDocument implements TextDocumentContentProvider, Disposable {
  readonly #changed = new EventEmitter<Uri>();
  readonly #registration: Disposable;
  #report = outdated;
  #showing: Promise<void> | undefined;

  constructor() {
    this.#registration = workspace.registerTextDocumentContentProvider(scheme, this);
  }

  get onDidChange() {
    return this.#changed.event;
  }

  provideTextDocumentContent(): string {
    return this.#report;
  }

  /** Has the sidecar look and shows what it found, in the same document each time. */
  show(connection: Connection): Promise<void> {
    this.#showing ??= this.#look(connection).finally(() => {
      this.#showing = undefined;
    });
    return this.#showing;
  }

  dispose(): void {
    this.#registration.dispose();
    this.#changed.dispose();
  }

  async #look(connection: Connection): Promise<void> {
    const options = {
      location: ProgressLocation.Notification,
      title: "Phi: looking at this PC",
      cancellable: true,
    };
    const { report } = await window.withProgress(options, (_progress, token) =>
      connection.request(Method.phiDoctor, {}, token),
    );
    this.#report = report;
    this.#changed.fire(uri);
    const document = await workspace.openTextDocument(uri);
    await window.showTextDocument(await languages.setTextDocumentLanguage(document, "markdown"), {
      preview: false,
    });
  }
}
