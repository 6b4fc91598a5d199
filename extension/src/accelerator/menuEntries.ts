import { assertNever } from "../assertNever";
import type { ModelInfo } from "../generated/protocol";
import { plain } from "../lists/plain";
import { modelWords } from "../models/quantizations";
import type { Completions, StatusInput } from "./statusInput";

/** A line of the menu behind the status bar item. */
export type MenuEntry =
  | {
      readonly kind: "action";
      /** The name of a codicon. Not in the label, where a screen reader would read it out. */
      readonly icon: string;
      readonly label: string;
      readonly description?: string;
      readonly detail?: string;
      readonly command: string;
    }
  | { readonly kind: "separator"; readonly label: string };

/** Lists what one can do now: first what is wrong and what helps, then what is wanted most. */
export function menuEntries(input: StatusInput): MenuEntry[] {
  const { sidecar, status, completions } = input;
  const running = sidecar.kind === "running";
  return [
    ...complaint(input),
    ...(running && status?.phase === "unavailable"
      ? [action("refresh", "Try again", "phiSidecar.tryAgain")]
      : []),
    ...(running ? [] : [restart]),
    separator("Chat"),
    action("comment-discussion", "Open chat", "phiSidecar.openChat"),
    action("add", "New chat", "phiSidecar.newChat"),
    separator("Completions"),
    ...completionActions(completions),
    ...(running ? [action("question", "Why no suggestion?", "phiSidecar.explainCompletion")] : []),
    ...(running
      ? [
          separator("Model"),
          {
            ...action("chip", "Switch accelerator…", "phiSidecar.switchAccelerator"),
            ...(status !== undefined && { description: `now ${status.acceleratorName}` }),
          },
          action("beaker", "Measure accelerators", "phiSidecar.measureAccelerators"),
          {
            ...action("package", "Choose model…", "phiSidecar.chooseModel"),
            ...(status?.model && { description: `now ${modelNow(status.model)}` }),
          },
          action("server-environment", "Manage runtimes…", "phiSidecar.manageRuntimes"),
          action("device-desktop", "Show what this PC has", "phiSidecar.showReport"),
        ]
      : []),
    separator("Phi Sidecar"),
    ...(running ? [restart] : []),
    action("output", "Show log", "phiSidecar.showLog"),
    action("gear", "Open settings", "phiSidecar.openSettings"),
  ];
}

const modelNow = ({ name, quantization }: ModelInfo) => plain(modelWords(name, quantization));

type Action = Extract<MenuEntry, { kind: "action" }>;

const action = (icon: string, label: string, command: string): Action => ({
  kind: "action",
  icon,
  label,
  command,
});
const separator = (label: string): MenuEntry => ({ kind: "separator", label });
const restart = action("debug-restart", "Restart", "phiSidecar.restart");

function completionActions(completions: Completions): MenuEntry[] {
  const all = "phiSidecar.toggleCompletions";
  const language = "phiSidecar.toggleCompletionsForLanguage";
  const off = "Turn completions off";
  switch (completions.kind) {
    case "off":
      return [action("play", "Turn completions on", all)];
    case "offForLanguage":
      return [
        action("play", `Turn completions on for ${completions.languageId}`, language),
        action("circle-slash", off, all),
      ];
    case "snoozed":
      return [
        {
          ...action("bell", "End snooze", "phiSidecar.endSnooze"),
          description: `snoozed until ${completions.until}`,
        },
        action("circle-slash", off, all),
      ];
    case "on": {
      const { languageId } = completions;
      return [
        action("bell-slash", "Snooze completions…", "phiSidecar.snoozeCompletions"),
        action("circle-slash", off, all),
        ...(languageId === undefined
          ? []
          : [action("circle-slash", `${off} for ${languageId}`, language)]),
      ];
    }
    default:
      return assertNever(completions);
  }
}

/** What is wrong, to be read; picking it shows the log. */
function complaint({ sidecar, status }: StatusInput): MenuEntry[] {
  const { reason, remedy } =
    sidecar.kind === "failed"
      ? sidecar.failure
      : { reason: status?.reason ?? undefined, remedy: status?.remedy ?? undefined };
  if (!reason) {
    return [];
  }
  return [
    {
      ...action("warning", plain(reason), "phiSidecar.showLog"),
      ...(remedy && { detail: plain(remedy) }),
    },
  ];
}
