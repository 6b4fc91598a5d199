import { type Disposable, MarkdownString, StatusBarAlignment, ThemeColor, window } from "vscode";

import { fromStatusBar, type StatusInput } from "./statusInput";
import { tooltipCommands } from "./statusTooltip";
import { statusView } from "./statusView";

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
  return {
    show(input) {
      const view = statusView(input);
      const tooltip = new MarkdownString(view.tooltip, true);
      tooltip.isTrusted = { enabledCommands: tooltipCommands };
      item.text = view.text;
      item.tooltip = tooltip;
      item.accessibilityInformation = { label: view.label, role: "button" };
      item.backgroundColor = backgrounds[view.severity];
      item.command = { title: view.label, command: view.command, arguments: [fromStatusBar] };
      item.show();
    },
    dispose: () => item.dispose(),
  };
}
