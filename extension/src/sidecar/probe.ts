import { execFile } from "node:child_process";

import type { Candidate, Probe } from "./interpreter";

// A virus scanner can hold the first run of a program up for seconds.
const timeoutMs = 15_000;

// Runs on Python 2 too, so that an old one can be named; the output is ASCII whatever the locale.
const script = `
import json, platform, struct, sys, sysconfig
print(json.dumps({
    "version": list(sys.version_info[:3]),
    "bits": struct.calcsize("P") * 8,
    "implementation": platform.python_implementation(),
    "freeThreaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
    "executable": sys.executable,
}))`;

/**
 * Runs a candidate to see what it is; never rejects.
 *
 * @param folder the current folder of the run: one that no stranger can put modules into.
 */
export function probeInterpreter(candidate: Candidate, folder: string): Promise<Probe> {
  const args = [...candidate.args, "-E", "-s", "-c", script];
  const options = { cwd: folder, timeout: timeoutMs, windowsHide: true, encoding: "utf8" } as const;
  return new Promise((resolve) => {
    execFile(candidate.command, args, options, (error, stdout) => {
      resolve(error === null ? readProbe(stdout) : { kind: "notPython", detail: reason(error) });
    });
  });
}

/** Reads what the script printed; anything else is not a Python. */
export function readProbe(output: string): Probe {
  const foreign: Probe = { kind: "notPython", detail: "its answer was not understood" };
  let answer: unknown;
  try {
    answer = JSON.parse(output);
  } catch {
    return foreign;
  }
  if (typeof answer !== "object" || answer === null) {
    return foreign;
  }
  const { version, bits, implementation, freeThreaded, executable } = answer as Record<
    string,
    unknown
  >;
  if (
    !Array.isArray(version) ||
    typeof bits !== "number" ||
    typeof implementation !== "string" ||
    typeof executable !== "string" ||
    executable === ""
  ) {
    return foreign;
  }
  const [major, minor, patch] = version.map(Number);
  return {
    kind: "python",
    version: [major ?? 0, minor ?? 0, patch ?? 0],
    bits,
    implementation,
    freeThreaded: freeThreaded === true,
    executable,
  };
}

function reason(error: Error & { code?: unknown; killed?: boolean }): string {
  if (error.killed === true) {
    return `no answer within ${timeoutMs / 1000} s`;
  }
  switch (error.code) {
    case "ENOENT":
      return "there is no such file";
    case "EACCES":
      return "it may not be run";
    default:
      return typeof error.code === "number"
        ? `it ended with code ${error.code}`
        : `${error.code ?? error.name}`;
  }
}
