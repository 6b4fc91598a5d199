import { randomUUID } from "node:crypto";
import { type Disposable, Uri, ViewColumn, type WebviewPanel, window, workspace } from "vscode";

import { Method } from "../../generated/methods";
import type { Connection } from "../../sidecar/connection";
import { explanationPage, refreshCommand } from "./page";

/** Shows why there was, or was not, a suggestion, for the newest requests of this window. */
export class ExplanationPanel implements Disposable {
  #panel: WebviewPanel | undefined;

  /** Asks the sidecar and shows what it remembers, in the same panel each time. */
  async show(connection: Connection): Promise<void> {
    const { explanations } = await connection.request(Method.phiExplainCompletion, {});
    const panel = this.#panel ?? this.#open();
    const timeOfDay = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
    panel.webview.html = explanationPage({
      explanations,
      nonce: randomUUID(),
      nameOf: (uri) => workspace.asRelativePath(Uri.parse(uri)),
      timeOf: (timeMs) => timeOfDay.format(timeMs),
    });
    panel.reveal(undefined, false);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #open(): WebviewPanel {
    const panel = window.createWebviewPanel(
      "phiSidecar.explanation",
      "Phi: Why No Suggestion?",
      ViewColumn.Active,
      {
        enableScripts: false,
        enableForms: false,
        enableCommandUris: [refreshCommand],
        localResourceRoots: [],
        enableFindWidget: true,
      },
    );
    panel.onDidDispose(() => {
      this.#panel = undefined;
    });
    this.#panel = panel;
    return panel;
  }
}
