import { assertNever } from "../assertNever";
import { type LastCompletion, lastCompletionLine } from "../completion/outcomes";
import { snoozeMinutes } from "../completion/snooze";
import type { ModelInfo, Phase, Status, StepProgress } from "../generated/protocol";
import { modelWords } from "../models/quantizations";
import { type Better, shortName } from "../offering/better";
import { escapeMarkdown } from "./markdown";
import { speedFigure } from "./speed";
import { type Completions, fromStatusBar, type StatusInput } from "./statusInput";

/** The commands that the tooltip links to; it may run no others. */
export const tooltipCommands = [
  "phiSidecar.switchAccelerator",
  "phiSidecar.chooseModel",
  "phiSidecar.openChat",
  "phiSidecar.showReport",
  "phiSidecar.openSettings",
  "phiSidecar.showLog",
  "phiSidecar.restart",
  "phiSidecar.tryAgain",
  "phiSidecar.toggleCompletions",
  "phiSidecar.toggleCompletionsForLanguage",
  "phiSidecar.snoozeCompletions",
  "phiSidecar.endSnooze",
  "phiSidecar.explainCompletion",
] as const;
type TooltipCommand = (typeof tooltipCommands)[number];

/** Writes what the status bar item tells when it is pointed at, as Markdown with command links. */
export function tooltipOf(input: StatusInput): string {
  return [
    "**Phi Sidecar**",
    // Two spaces break a line without the gap of a paragraph.
    [
      ...stateLines(input),
      completionsLine(input.completions),
      ...lastLine(input.lastCompletion),
    ].join("  \n"),
    links(input),
  ].join("\n\n");
}

function stateLines({ sidecar, status, better }: StatusInput): string[] {
  switch (sidecar.kind) {
    case "stopped":
      return ["Stopped"];
    case "starting":
      return ["Starting"];
    case "failed":
      return complaint(sidecar.failure.reason, sidecar.failure.remedy);
    case "running":
      return status === undefined
        ? ["Starting"]
        : [
            phaseLine(status),
            ...details(status, better),
            ...complaint(status.reason, status.remedy),
          ];
    default:
      return assertNever(sidecar);
  }
}

const phases: Record<Phase, string> = {
  preparing: "Preparing",
  loading: "Loading the model",
  ready: "Ready",
  unavailable: "Unavailable",
};

function phaseLine({ phase, progress, generating }: Status): string {
  if (phase === "ready" && generating === true) {
    return "Generating";
  }
  return phase === "preparing" && progress ? stepLine(progress) : phases[phase];
}

function stepLine({ step, secondsLeft }: StepProgress): string {
  const left = typeof secondsLeft === "number" ? `, ${timeLeft(secondsLeft)} left` : "";
  return escapeMarkdown(step + left);
}

/** As coarse as it is known, so that it does not change all the time. */
function timeLeft(seconds: number): string {
  if (seconds < 60) {
    return "less than a minute";
  }
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `about ${minutes} min` : `about ${Math.round(minutes / 60)} h`;
}

function details(status: Status, better: Better | undefined): string[] {
  const { acceleratorName, executingDevice, model, contextWindow, tokensPerSecond, limits } =
    status;
  const device = executingDevice ? `, running on ${executingDevice}` : "";
  const lines = [`Accelerator: ${escapeMarkdown(acceleratorName + device)}`];
  if (model) {
    lines.push(modelLine(model, better));
  }
  if (contextWindow) {
    // One way to write thousands, whatever the machine's: the rest of the text is English as well.
    lines.push(`Context window: ${contextWindow.toLocaleString("en")} tokens`);
  }
  if (tokensPerSecond !== null && tokensPerSecond !== undefined) {
    const when = status.generating === true ? "Speed now" : "Speed of the newest answer";
    lines.push(`${when}: ${speedFigure(tokensPerSecond)} tokens/s`);
  }
  return [...lines, ...(limits ?? []).map((limit) => `$(info) ${escapeMarkdown(limit)}`)];
}

function modelLine(model: ModelInfo, better: Better | undefined): string {
  const line = `Model: ${escapeMarkdown(modelWords(model.name, model.quantization))}`;
  return model.starter ? `${line}  \n$(info) ${starterNote(better)}` : line;
}

function starterNote(better: Better | undefined): string {
  const starter = "This is the *starter model*: small and quick to fetch, no match for Phi-3.";
  switch (better?.kind) {
    case undefined:
      return starter;
    case "underWay":
      return `${starter} ${escapeMarkdown(`${shortName(better.model)} is being fetched.`)}`;
    case "offer":
      return `${starter} ${link(`Get ${escapeMarkdown(shortName(better.model))}`, "phiSidecar.chooseModel")}`;
    default:
      return assertNever(better);
  }
}

function completionsLine(completions: Completions): string {
  const toggle = (word: string) => link(word, "phiSidecar.toggleCompletions");
  switch (completions.kind) {
    case "on": {
      const lengths = snoozeMinutes.map((minutes) =>
        link(`${minutes}`, "phiSidecar.snoozeCompletions", minutes),
      );
      return `Completions: on · ${toggle("Turn off")} · Snooze ${lengths.join(", ")} minutes`;
    }
    case "off":
      return `Completions: off · ${toggle("Turn on")}`;
    case "offForLanguage": {
      const language = escapeMarkdown(completions.languageId);
      const on = link("Turn on", "phiSidecar.toggleCompletionsForLanguage");
      return `Completions: off for ${language} · ${on}`;
    }
    case "snoozed": {
      const until = escapeMarkdown(completions.until);
      const end = link("End snooze", "phiSidecar.endSnooze");
      return `Completions: snoozed until ${until} · ${end} · ${toggle("Turn off")}`;
    }
    default:
      return assertNever(completions);
  }
}

function lastLine(last: LastCompletion | undefined): string[] {
  if (last === undefined) {
    return [];
  }
  const word = last.kind === "suggested" ? "Details" : "Why?";
  return [
    `${escapeMarkdown(lastCompletionLine(last))} · ${link(word, "phiSidecar.explainCompletion")}`,
  ];
}

function complaint(reason: string | null | undefined, remedy: string | null | undefined): string[] {
  const told = [reason, remedy].filter((part) => part !== null && part !== undefined);
  return told.length === 0 ? [] : [`$(warning) ${told.map(escapeMarkdown).join(" ")}`];
}

function links({ sidecar, status }: StatusInput): string {
  const first =
    sidecar.kind === "running"
      ? [
          ...(status?.phase === "unavailable" ? [link("Try again", "phiSidecar.tryAgain")] : []),
          link("Switch accelerator", "phiSidecar.switchAccelerator"),
        ]
      : [link("Restart", "phiSidecar.restart")];
  return [
    ...first,
    link("Open chat", "phiSidecar.openChat"),
    ...(sidecar.kind === "running" ? [link("Show what this PC has", "phiSidecar.showReport")] : []),
    link("Settings", "phiSidecar.openSettings"),
    link("Log", "phiSidecar.showLog"),
  ].join(" · ");
}

function link(text: string, command: TooltipCommand, ...args: readonly number[]): string {
  const query = encodeURIComponent(JSON.stringify([...args, fromStatusBar]));
  return `[${text}](command:${command}?${query})`;
}
