import { assertNever } from "../assertNever";
import type { Environment, EnvironmentPackage, EnvironmentState } from "../generated/protocol";
import { plain } from "../lists/plain";
import { sizeText } from "../sizes";

/** A line of the list of runtimes. */
export interface RuntimeRow {
  /** The name of a codicon. Not in the label, where a screen reader would read it out. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  readonly environment: Environment;
}

/** A line of what can be done with a runtime; one without an action is to be read. */
export interface ActionRow {
  readonly icon: string;
  readonly label: string;
  readonly description?: string;
  readonly detail?: string;
  readonly action: "prepare" | "remove";
}

const icons: Readonly<Record<EnvironmentState, string>> = {
  ready: "check",
  missing: "cloud-download",
  stale: "history",
  broken: "warning",
};

/** Lists the runtimes: first those that are here or can be had. */
export function runtimeRows(environments: readonly Environment[]): {
  possible: RuntimeRow[];
  others: RuntimeRow[];
} {
  const rows = environments.map(rowOf);
  const possible = ({ environment }: RuntimeRow) => !environment.reason;
  return { possible: rows.filter(possible), others: rows.filter((row) => !possible(row)) };
}

/** Names a runtime at the beginning of a line: its title is for the middle of a sentence. */
export function nameOf({ title }: Environment): string {
  const name = title.replace(/^the /, "");
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

/** Why a runtime cannot be set up here and what helps, in sentences; empty where it can. */
export function complaintOf({ reason, remedy }: Environment): string {
  return reason ? [reason, remedy].filter(Boolean).join(" ") : "";
}

/** Lists what can be done with a runtime, and what it takes. */
export function actionRows(environment: Environment): ActionRow[] {
  const { state, reason, bytesOnDisk } = environment;
  return [
    ...(state === "ready" || reason ? [] : [preparing(environment)]),
    ...(bytesOnDisk > 0 ? [removing(environment)] : []),
  ];
}

/** Lists what is, or would be, in a runtime; what is largest comes first. */
export function packageLines({ packages }: Environment): { label: string; description: string }[] {
  const bytesOf = ({ bytes }: EnvironmentPackage) => bytes ?? 0;
  return [...packages]
    .sort((one, other) => bytesOf(other) - bytesOf(one))
    .map(({ name, version, bytes }) => ({
      label: `${name} ${version}`,
      description: bytes ? sizeText(bytes) : "",
    }));
}

function rowOf(environment: Environment): RuntimeRow {
  const { state, reason } = environment;
  const detail = complaintOf(environment) || stateDetail(state);
  return {
    icon: reason ? "circle-slash" : icons[state],
    label: plain(nameOf(environment)),
    description: [stateWords(state), sizeWords(environment)].filter(Boolean).join(" · "),
    ...(detail !== "" && { detail: plain(detail) }),
    environment,
  };
}

function stateWords(state: EnvironmentState): string {
  switch (state) {
    case "ready":
      return "ready";
    case "missing":
      return "not installed";
    case "stale":
      return "out of date";
    case "broken":
      return "broken";
    default:
      return assertNever(state);
  }
}

function stateDetail(state: EnvironmentState): string {
  switch (state) {
    case "ready":
    case "missing":
      return "";
    case "stale":
      return "It is for an earlier version of Phi Sidecar, or for another Python.";
    case "broken":
      return "It was not finished, or files of it are gone or changed.";
    default:
      return assertNever(state);
  }
}

function sizeWords({ state, reason, bytesOnDisk, downloadBytes }: Environment): string | undefined {
  if (state !== "missing" && bytesOnDisk > 0) {
    return `${sizeText(bytesOnDisk)} on disk`;
  }
  return downloadBytes && !reason ? `${sizeText(downloadBytes)} to download` : undefined;
}

function preparing({ state, downloadBytes, installBytes, packages }: Environment): ActionRow {
  const verbs: Readonly<Record<EnvironmentState, string>> = {
    missing: "Set up",
    stale: "Update",
    broken: "Repair",
    ready: "Repair",
  };
  return {
    icon: state === "broken" ? "tools" : "cloud-download",
    label: verbs[state],
    description: downloadBytes ? `downloads ${sizeText(downloadBytes)}` : "",
    detail: `Installs ${packages.length} packages, listed below, about ${sizeText(installBytes)} on disk.`,
    action: "prepare",
  };
}

const removing = ({ bytesOnDisk }: Environment): ActionRow => ({
  icon: "trash",
  label: "Remove…",
  description: `frees ${sizeText(bytesOnDisk)}`,
  action: "remove",
});
