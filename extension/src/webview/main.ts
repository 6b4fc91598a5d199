import "@vscode-elements/elements/dist/vscode-button/index.js";
import "@vscode-elements/elements/dist/vscode-progress-bar/index.js";

import { ChatElement } from "./chatElement";
import { connectHost, reportFailures } from "./host";

const host = connectHost(window);
reportFailures(window, host);
const chat = document.querySelector("phi-chat");
if (chat instanceof ChatElement) {
  void chat.connect(host).then(() => chat.takeFocus());
  // The editor gives the keyboard to the page, and the page knows where one types.
  window.addEventListener("focus", () => chat.takeFocus());
  // A page that is hidden may never be shown again.
  document.addEventListener("visibilitychange", () => chat.flushDraft());
  window.addEventListener("pagehide", () => chat.flushDraft());
}
