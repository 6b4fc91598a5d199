import { commands, QuickPickItemKind, window } from "vscode";

import { assertNever } from "../assertNever";
import type { Completions, StatusInput } from "./statusView";

interface Entry {
  readonly label: string;
  readonly description?: string;
  readonly command: string;
}

/** Shows the menu behind the status bar item. */
export async function showMenu(input: StatusInput): Promise<void> {
  const picked = await window.showQuickPick([...complaintRows(input), ...entriesOf(input)], {
    title: "Phi Sidecar",
    placeHolder: "What to do",
  });
  if (picked !== undefined && "command" in picked) {
    await commands.executeCommand(picked.command);
  }
}

/** What one can do now, most wanted first. */
function entriesOf({ sidecar, status, completions }: StatusInput): Entry[] {
  const running = sidecar.kind === "running";
  return [
    ...(running && status?.phase === "unavailable"
      ? [{ label: "$(refresh) Try again", command: "phiSidecar.tryAgain" }]
      : []),
    ...toggles(completions),
    ...(running
      ? [
          {
            label: "$(chip) Switch accelerator…",
            ...(status !== undefined && { description: `now ${status.acceleratorName}` }),
            command: "phiSidecar.switchAccelerator",
          },
        ]
      : []),
    { label: "$(debug-restart) Restart", command: "phiSidecar.restart" },
    { label: "$(output) Show log", command: "phiSidecar.showLog" },
    { label: "$(gear) Open settings", command: "phiSidecar.openSettings" },
  ];
}

function toggles(completions: Completions): Entry[] {
  const all = "phiSidecar.toggleCompletions";
  const language = "phiSidecar.toggleCompletionsForLanguage";
  switch (completions.kind) {
    case "off":
      return [{ label: "$(play) Turn completions on", command: all }];
    case "offForLanguage":
      return [
        { label: `$(play) Turn completions on for ${completions.languageId}`, command: language },
        { label: "$(circle-slash) Turn completions off", command: all },
      ];
    case "on": {
      const { languageId } = completions;
      const off = "$(circle-slash) Turn completions off";
      return [
        { label: off, command: all },
        ...(languageId === undefined
          ? []
          : [{ label: `${off} for ${languageId}`, command: language }]),
      ];
    }
    default:
      return assertNever(completions);
  }
}

/** What is wrong comes first, to be read; picking it shows the log. */
function complaintRows({ sidecar, status }: StatusInput) {
  const { reason, remedy } =
    sidecar.kind === "failed"
      ? sidecar.failure
      : { reason: status?.reason ?? undefined, remedy: status?.remedy ?? undefined };
  if (!reason) {
    return [];
  }
  return [
    {
      label: `$(warning) ${reason}`,
      ...(remedy && { detail: remedy }),
      command: "phiSidecar.showLog",
    },
    { label: "", kind: QuickPickItemKind.Separator },
  ];
}
