import { commands, type QuickPickItem, QuickPickItemKind, ThemeIcon, window } from "vscode";

import { type MenuEntry, menuEntries } from "./menuEntries";
import type { StatusInput } from "./statusInput";

type Item = QuickPickItem & { readonly command?: string };

/** Shows the menu behind the status bar item. */
export async function showMenu(input: StatusInput): Promise<void> {
  const picked = await window.showQuickPick(menuEntries(input).map(itemOf), {
    title: "Phi Sidecar",
    placeHolder: "What to do",
  });
  if (picked?.command !== undefined) {
    await commands.executeCommand(picked.command);
  }
}

function itemOf(entry: MenuEntry): Item {
  return entry.kind === "separator"
    ? { label: entry.label, kind: QuickPickItemKind.Separator }
    : {
        iconPath: new ThemeIcon(entry.icon),
        label: entry.label,
        command: entry.command,
        ...(entry.description !== undefined && { description: entry.description }),
        ...(entry.detail !== undefined && { detail: entry.detail }),
      };
}
