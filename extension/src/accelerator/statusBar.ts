import { type Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from "vscode";

import { type StatusInput, statusView } from "./statusView";

const commands = [
  "phiSidecar.switchAccelerator",
  "phiSidecar.restart",
  "phiSidecar.showLog",
  "phiSidecar.toggleCompletions",
  "phiSidecar.toggleCompletionsForLanguage",
];

const backgrounds = {
  none: undefined,
  warning: new ThemeColor("statusBarItem.warningBackground"),
  error: new ThemeColor("statusBarItem.errorBackground"),
} as const;

/** The item in the status bar. */
export interface StatusBar extends Disposable {
  show(input: StatusInput): void;
}

/** Makes the item; it appears with the first state shown. */
export function createStatusBar(): StatusBar {
  const item = window.createStatusBarItem("phiSidecar.status", StatusBarAlignment.Right, 100);
  item.name = "Phi Sidecar";
  item.command = "phiSidecar.showMenu";
  return {
    show(input) {
      const view = statusView(input);
      const tooltip = new MarkdownString(view.tooltip, true);
      tooltip.isTrusted = { enabledCommands: commands };
      item.text = view.text;
      item.tooltip = tooltip;
      item.accessibilityInformation = { label: view.label, role: "button" };
      item.backgroundColor = backgrounds[view.severity];
      item.show();
    },
    dispose: () => item.dispose(),
  };
}
