import { assertNever } from "../assertNever";
import type { ModelInfo, Status, StepProgress } from "../generated/protocol";
import type { SidecarState } from "../sidecar/supervisor";
import { escapeMarkdown } from "./markdown";

/** Whether the document in front of the person gets completions. */
export type Completions =
  | { readonly kind: "on"; readonly languageId: string | undefined }
  | { readonly kind: "off" }
  | { readonly kind: "offForLanguage"; readonly languageId: string };

/** All that the status bar item tells of. */
export interface StatusInput {
  readonly sidecar: SidecarState;
  /** What the running sidecar last said of itself. */
  readonly status: Status | undefined;
  readonly completions: Completions;
}

/** What the status bar item shows. */
export interface StatusView {
  /** With icons. */
  readonly text: string;
  /** The same for screen readers, without icons. */
  readonly label: string;
  /** Markdown with command links. */
  readonly tooltip: string;
  readonly severity: "none" | "warning" | "error";
}

interface Summary {
  readonly icon: string;
  readonly words: string;
  readonly severity: StatusView["severity"];
  readonly lines: readonly string[];
}

const links = [
  "[Switch accelerator](command:phiSidecar.switchAccelerator)",
  "[Restart](command:phiSidecar.restart)",
  "[Show log](command:phiSidecar.showLog)",
].join(" · ");

/** Works out what the status bar item shows. */
export function statusView(input: StatusInput): StatusView {
  const { icon, words, severity, lines } = summaryOf(input);
  return {
    text: `$(${icon}) ${words}`,
    label: `Phi Sidecar: ${words}`,
    tooltip: [
      "**Phi Sidecar**",
      // Two spaces break a line without the gap of a paragraph.
      [...lines, completionsLine(input.completions)].join("  \n"),
      links,
    ].join("\n\n"),
    severity,
  };
}

function summaryOf({ sidecar, status, completions }: StatusInput): Summary {
  switch (sidecar.kind) {
    case "stopped":
      return { icon: "circle-slash", words: "Phi stopped", severity: "none", lines: ["Stopped"] };
    case "starting":
      return { icon: "sync~spin", words: "Phi starting", severity: "none", lines: ["Starting"] };
    case "failed":
      return {
        icon: "error",
        words: "Phi failed",
        severity: "error",
        lines: complaint(sidecar.failure.reason, sidecar.failure.remedy),
      };
    case "running":
      return status === undefined
        ? { icon: "sync~spin", words: "Phi starting", severity: "none", lines: ["Starting"] }
        : ofPhase(status, completions);
    default:
      return assertNever(sidecar);
  }
}

function ofPhase(status: Status, completions: Completions): Summary {
  const name = shortName(status.acceleratorName);
  const lines = [...details(status), ...complaint(status.reason, status.remedy)];
  switch (status.phase) {
    case "preparing": {
      const amount = megabytes(status.progress);
      return {
        icon: "sync~spin",
        words: amount === undefined ? "Preparing" : `Preparing ${amount}`,
        severity: "none",
        lines: [escapeMarkdown(status.progress?.step ?? "Preparing"), ...lines],
      };
    }
    case "loading":
      return {
        icon: "sync~spin",
        words: `Loading ${name}`,
        severity: "none",
        lines: ["Loading the model", ...lines],
      };
    case "ready":
      return {
        icon: readyIcon(status, completions),
        words: [name, speed(status)].filter(Boolean).join(" · "),
        severity: "none",
        lines: ["Ready", ...lines],
      };
    case "unavailable":
      return {
        icon: "warning",
        words: `${name} unavailable`,
        severity: "warning",
        lines: ["Unavailable", ...lines],
      };
    default:
      return assertNever(status.phase);
  }
}

function readyIcon(status: Status, completions: Completions): string {
  if (status.generating === true) {
    return "loading~spin";
  }
  // Something went wrong that did not keep it from answering, such as a fall to another device.
  if (status.reason) {
    return "info";
  }
  return completions.kind === "on" ? "sparkle" : "circle-slash";
}

function details(status: Status): string[] {
  const device = status.executingDevice ? `, running on ${status.executingDevice}` : "";
  const lines = [`Accelerator: ${escapeMarkdown(status.acceleratorName + device)}`];
  if (status.model) {
    lines.push(modelLine(status.model));
  }
  const tokens = speed(status, "tokens/s");
  if (tokens !== undefined) {
    lines.push(`Speed of the newest answer: ${tokens}`);
  }
  return lines;
}

function modelLine(model: ModelInfo): string {
  const line = `Model: ${escapeMarkdown(`${model.name}, ${model.quantization}`)}`;
  return model.starter
    ? `${line}  \n$(info) This is the *starter model*: small and quick to fetch, no match for Phi-3.`
    : line;
}

function completionsLine(completions: Completions): string {
  const toggle = (word: string) => `[${word}](command:phiSidecar.toggleCompletions)`;
  switch (completions.kind) {
    case "on":
      return `Completions: on · ${toggle("Turn off")}`;
    case "off":
      return `Completions: off · ${toggle("Turn on")}`;
    case "offForLanguage": {
      const language = escapeMarkdown(completions.languageId);
      return `Completions: off for ${language} · [Turn on](command:phiSidecar.toggleCompletionsForLanguage)`;
    }
    default:
      return assertNever(completions);
  }
}

function complaint(reason: string | null | undefined, remedy: string | null | undefined): string[] {
  const told = [reason, remedy].filter((part) => part !== null && part !== undefined);
  return told.length === 0 ? [] : [`$(warning) ${told.map(escapeMarkdown).join(" ")}`];
}

/** `CPU (OpenVINO)` → `CPU`: the tooltip has the whole name. */
const shortName = (name: string) => name.replace(/\s*\(.*\)$/, "") || name;

function speed(status: Status, unit = "tok/s"): string | undefined {
  const { tokensPerSecond } = status;
  if (tokensPerSecond === null || tokensPerSecond === undefined) {
    return undefined;
  }
  return `${tokensPerSecond < 10 ? tokensPerSecond.toFixed(1) : Math.round(tokensPerSecond)} ${unit}`;
}

function megabytes(progress: StepProgress | null | undefined): string | undefined {
  const { bytesDone, bytesTotal } = progress ?? {};
  if (bytesDone === null || bytesDone === undefined) {
    return undefined;
  }
  const inMegabytes = (bytes: number) => Math.round(bytes / 1e6);
  return bytesTotal === null || bytesTotal === undefined
    ? `${inMegabytes(bytesDone)} MB`
    : `${inMegabytes(bytesDone)}/${inMegabytes(bytesTotal)} MB`;
}
