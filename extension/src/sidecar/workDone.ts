import { ProgressLocation, window } from "vscode";
import type {
  ProgressToken,
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from "vscode-languageclient/node";

import type { WorkDone } from "./connection";
import { steps } from "./progressSteps";

type Message = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

interface Shown {
  readonly report: (step: WorkDone) => void;
  readonly close: () => void;
}

/**
 * Shows the work that the sidecar does of its own accord as notifications with a Cancel button.
 *
 * The language client itself shows it in the status bar only, where it cannot be cancelled.
 */
export class WorkDoneNotifications {
  readonly #shown = new Map<ProgressToken, Shown>();
  readonly #cancel: (token: ProgressToken) => void;

  constructor(cancel: (token: ProgressToken) => void) {
    this.#cancel = cancel;
  }

  /** Takes in one message of LSP's work-done progress. */
  handle(token: ProgressToken, message: Message): void {
    switch (message.kind) {
      case "begin":
        this.#show(token, message);
        break;
      case "report":
        this.#shown.get(token)?.report(message);
        break;
      case "end":
        this.#shown.get(token)?.close();
        this.#shown.delete(token);
        break;
    }
  }

  /** Closes every notification: the sidecar that did the work has gone. */
  closeAll(): void {
    for (const shown of this.#shown.values()) {
      shown.close();
    }
    this.#shown.clear();
  }

  #show(token: ProgressToken, begin: WorkDoneProgressBegin): void {
    this.#shown.get(token)?.close();
    // Entered before the editor shows it, which takes a while: the work may be over by then.
    let newest: WorkDone = begin;
    let show: ((step: WorkDone) => void) | undefined;
    const over = new Promise<void>((close) => {
      const report = (step: WorkDone) => {
        newest = step;
        show?.(step);
      };
      this.#shown.set(token, { report, close });
    });
    const options = {
      location: ProgressLocation.Notification,
      title: begin.title,
      cancellable: begin.cancellable ?? false,
    };
    void window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => this.#cancel(token));
      show = steps(progress);
      show(newest);
      return over;
    });
  }
}
