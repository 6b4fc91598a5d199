import { assertNever } from "../assertNever";
import type { Failure } from "./failure";

/** Where a candidate comes from, in the order in which they are tried. */
export type Source = "setting" | "product" | "path" | "pythonExtension";

/** A program that may be a Python. */
export interface Candidate {
  readonly source: Source;
  readonly command: string;
  readonly args: readonly string[];
}

export type Version = readonly [major: number, minor: number, patch: number];

/** What came of running a candidate. */
export type Probe =
  | {
      readonly kind: "python";
      readonly version: Version;
      readonly bits: number;
      readonly implementation: string;
      readonly freeThreaded: boolean;
      readonly executable: string;
    }
  | { readonly kind: "notPython"; readonly detail: string };

/** A candidate that cannot run the sidecar, and why, as the end of a sentence. */
export interface Unsuitable {
  readonly command: string;
  readonly problem: string;
}

/** What the search found. */
export type Interpreter =
  | {
      readonly kind: "found";
      readonly executable: string;
      readonly version: Version;
      readonly source: Source;
    }
  | { readonly kind: "settingUnusable"; readonly unsuitable: Unsuitable }
  | { readonly kind: "noneSuitable"; readonly unsuitable: readonly Unsuitable[] }
  | { readonly kind: "none" };

export const oldestMinor = 11;
/** The newest for which the runtimes' locks hold builds. */
export const newestMinor = 14;

const supported = `3.${oldestMinor} to 3.${newestMinor}, 64-bit`;

/**
 * Takes the first candidate that can run the sidecar.
 *
 * A setting is the person's own word: when it is unusable nothing else is tried, for running
 * another Python than the one they named would hide their mistake.
 */
export async function findInterpreter(
  candidates: AsyncIterable<Candidate>,
  probe: (candidate: Candidate) => Promise<Probe>,
): Promise<Interpreter> {
  const unsuitable: Unsuitable[] = [];
  for await (const candidate of candidates) {
    const seen = await probe(candidate);
    const problem = problemOf(seen);
    if (seen.kind === "python" && problem === undefined) {
      const { executable, version } = seen;
      return { kind: "found", executable, version, source: candidate.source };
    }
    const command = [candidate.command, ...candidate.args].join(" ");
    const found = { command, problem: problem ?? "is not a Python" };
    if (candidate.source === "setting") {
      return { kind: "settingUnusable", unsuitable: found };
    }
    // What does not even run as a Python, such as the Windows Store's stub, is not worth telling.
    if (seen.kind === "python") {
      unsuitable.push(found);
    }
  }
  return unsuitable.length > 0 ? { kind: "noneSuitable", unsuitable } : { kind: "none" };
}

/** Says why a probed program cannot run the sidecar, or nothing when it can. */
export function problemOf(probe: Probe): string | undefined {
  if (probe.kind === "notPython") {
    return `does not run as a Python (${probe.detail})`;
  }
  const [major, minor] = probe.version;
  const named = `is Python ${probe.version.join(".")}`;
  if (major < 3 || (major === 3 && minor < oldestMinor)) {
    return `${named}, which is too old`;
  }
  if (major > 3 || minor > newestMinor) {
    return `${named}, which is newer than the runtimes support`;
  }
  if (probe.bits !== 64) {
    return `${named}, but a ${probe.bits}-bit one`;
  }
  if (probe.implementation !== "CPython") {
    return `is ${probe.implementation}, not CPython`;
  }
  if (probe.freeThreaded) {
    return `${named}, but a free-threaded build, for which the runtimes have no packages`;
  }
  return undefined;
}

/** Tells the person why there is no interpreter and what to do. */
export function interpreterFailure(found: Exclude<Interpreter, { kind: "found" }>): Failure {
  switch (found.kind) {
    case "settingUnusable":
      return {
        reason: `The Python named in the setting phiSidecar.python, ${found.unsuitable.command}, ${found.unsuitable.problem}.`,
        remedy: `Name the full path of a Python ${supported}, or empty the setting to have one found.`,
        fixes: ["openSettings", "installPython"],
      };
    case "noneSuitable": {
      const seen = found.unsuitable.map((one) => `${one.command} ${one.problem}`).join("; ");
      return {
        reason: `No suitable Python was found: ${seen}.`,
        remedy: `Install a Python ${supported}, or name one in the setting phiSidecar.python.`,
        fixes: ["installPython", "openSettings"],
      };
    }
    case "none":
      return {
        reason: "No Python was found on this machine.",
        remedy: `Install a Python ${supported}, or name one in the setting phiSidecar.python.`,
        fixes: ["installPython", "openSettings"],
      };
    default:
      return assertNever(found);
  }
}
