import { assertNever } from "../assertNever";
import type { Status, StepProgress } from "../generated/protocol";
import { amountText } from "../sizes";
import { speedFigure } from "./speed";
import type { Completions, StatusInput } from "./statusInput";
import { tooltipOf } from "./statusTooltip";

/** What the status bar item shows. */
export interface StatusView {
  /** With icons. */
  readonly text: string;
  /** For screen readers: in words, and without figures that change by the second. */
  readonly label: string;
  /** Markdown with command links. */
  readonly tooltip: string;
  readonly severity: "none" | "warning" | "error";
  /** What a click does. */
  readonly command: "phiSidecar.switchAccelerator" | "phiSidecar.showMenu";
}

interface Summary {
  readonly icon: string;
  readonly words: string;
  /** The same for who hears it; the words where they do as they are. */
  readonly spoken?: string;
  readonly severity: StatusView["severity"];
}

/** Works out what the status bar item shows. */
export function statusView(input: StatusInput): StatusView {
  const { icon, words, spoken, severity } = summaryOf(input);
  return {
    text: `$(${icon}) ${words}`,
    label: [`Phi Sidecar: ${spoken ?? words}`, spokenCompletions(input.completions)]
      .filter(Boolean)
      .join(", "),
    tooltip: tooltipOf(input),
    severity,
    command: answers(input) ? "phiSidecar.switchAccelerator" : "phiSidecar.showMenu",
  };
}

/** Where nothing answers, the menu has the reason and what to do about it. */
function answers({ sidecar, status }: StatusInput): boolean {
  switch (sidecar.kind) {
    case "running":
      return status?.phase !== "unavailable";
    case "starting":
      return true;
    case "stopped":
    case "failed":
      return false;
    default:
      return assertNever(sidecar);
  }
}

function summaryOf(input: StatusInput): Summary {
  const { sidecar, status } = input;
  switch (sidecar.kind) {
    case "stopped":
      return { icon: "circle-slash", words: "Phi stopped", spoken: "stopped", severity: "none" };
    case "starting":
      return starting;
    case "failed":
      return { icon: "error", words: "Phi failed", spoken: "failed", severity: "error" };
    case "running":
      return status === undefined ? starting : ofPhase(status, input.completions);
    default:
      return assertNever(sidecar);
  }
}

const starting: Summary = {
  icon: "sync~spin",
  words: "Phi starting",
  spoken: "starting",
  severity: "none",
};

function ofPhase(status: Status, completions: Completions): Summary {
  const name = shortName(status.acceleratorName);
  switch (status.phase) {
    case "preparing": {
      const amount = amountOf(status.progress);
      return {
        icon: "sync~spin",
        words: amount === undefined ? "Preparing" : `Preparing ${amount}`,
        spoken: "preparing",
        severity: "none",
      };
    }
    case "loading":
      return { icon: "sync~spin", words: `Loading ${name}`, severity: "none" };
    case "ready":
      return status.generating === true
        ? generating(name, status)
        : {
            icon: readyIcon(status, completions),
            words: [name, restingNote(status, completions)].filter(Boolean).join(" · "),
            spoken: [name, speed(status, "tokens per second")].filter(Boolean).join(", "),
            severity: "none",
          };
    case "unavailable":
      return { icon: "warning", words: `${name} unavailable`, severity: "warning" };
    default:
      return assertNever(status.phase);
  }
}

const generating = (name: string, status: Status): Summary => ({
  icon: "loading~spin",
  words: [name, speed(status, "tok/s")].filter(Boolean).join(" · "),
  spoken: `${name}, generating`,
  severity: "none",
});

/** What stands beside the name while nothing is generated. */
const restingNote = (status: Status, completions: Completions) =>
  completions.kind === "snoozed" ? `snoozed until ${completions.until}` : speed(status, "tok/s");

function readyIcon(status: Status, completions: Completions): string {
  // Something went wrong that did not keep it from answering, such as a fall to another device.
  if (status.reason) {
    return "info";
  }
  switch (completions.kind) {
    case "on":
      return "sparkle";
    case "snoozed":
      return "bell-slash";
    case "off":
    case "offForLanguage":
      return "circle-slash";
    default:
      return assertNever(completions);
  }
}

function spokenCompletions(completions: Completions): string | undefined {
  switch (completions.kind) {
    case "on":
      return undefined;
    case "snoozed":
      return `completions snoozed until ${completions.until}`;
    case "off":
      return "completions off";
    case "offForLanguage":
      return `completions off for ${completions.languageId}`;
    default:
      return assertNever(completions);
  }
}

/** `CPU (OpenVINO)` → `CPU`: the tooltip has the whole name. */
const shortName = (name: string) => name.replace(/\s*\(.*\)$/, "") || name;

function speed({ tokensPerSecond }: Status, unit: string): string | undefined {
  return tokensPerSecond === null || tokensPerSecond === undefined
    ? undefined
    : `${speedFigure(tokensPerSecond)} ${unit}`;
}

function amountOf(progress: StepProgress | null | undefined): string | undefined {
  const { bytesDone, bytesTotal } = progress ?? {};
  return bytesDone === null || bytesDone === undefined
    ? undefined
    : amountText(bytesDone, bytesTotal ?? undefined);
}
