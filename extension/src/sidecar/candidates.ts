import path from "node:path";

import { type Candidate, newestMinor, oldestMinor } from "./interpreter";

/** The machine, as far as the search for an interpreter goes. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  /** The value of PATH. */
  readonly searchPath: string;
  isFile(file: string): Promise<boolean>;
}

/** Where to look, beside PATH. */
export interface Places {
  /** The setting phiSidecar.python; empty when unset. */
  readonly setting: string;
  /** Folders that may hold a Python or a virtual environment of the product's own. */
  readonly product: readonly string[];
  /** Asks the Python extension; only reached when nothing else was suitable. */
  pythonExtension(): Promise<string | undefined>;
}

/** Yields every program worth trying, best first; later ones are looked for only when needed. */
export async function* candidates(machine: Machine, places: Places): AsyncGenerator<Candidate> {
  if (places.setting !== "") {
    for (const command of await settingCommands(machine, places.setting)) {
      yield { source: "setting", command, args: [] };
    }
    return;
  }
  for (const folder of places.product) {
    for (const program of programsIn(folder, machine.platform)) {
      if (await machine.isFile(program)) {
        yield { source: "product", command: program, args: [] };
      }
    }
  }
  for (const name of names(machine.platform)) {
    for (const command of await onPath(machine, name)) {
      yield { source: "path", command, args: [] };
    }
  }
  if (machine.platform === "win32") {
    for (const command of await onPath(machine, "py")) {
      yield { source: "path", command, args: ["-3"] };
    }
  }
  const chosen = await places.pythonExtension();
  if (chosen !== undefined) {
    yield { source: "pythonExtension", command: chosen, args: [] };
  }
}

/** A bare name in the setting means the first of that name on PATH. */
async function settingCommands(machine: Machine, setting: string): Promise<readonly string[]> {
  const { isAbsolute } = pathOf(machine.platform);
  if (isAbsolute(setting)) {
    return [setting];
  }
  const [first] = await onPath(machine, setting.replace(/\.exe$/i, ""));
  return [first ?? setting];
}

function names(platform: NodeJS.Platform): readonly string[] {
  const versioned = [];
  for (let minor = newestMinor; minor >= oldestMinor; minor--) {
    versioned.push(`python3.${minor}`);
  }
  // On Windows only the Store's Python and some distributions have versioned names.
  return platform === "win32"
    ? ["python", "python3", ...versioned]
    : [...versioned, "python3", "python"];
}

/** A standalone build has its program at the top on Windows, a virtual environment in Scripts. */
function programsIn(folder: string, platform: NodeJS.Platform): readonly string[] {
  const { join } = pathOf(platform);
  return platform === "win32"
    ? [join(folder, "python.exe"), join(folder, "Scripts", "python.exe")]
    : [join(folder, "bin", "python3"), join(folder, "bin", "python")];
}

/**
 * Looks a program up in PATH's absolute folders.
 *
 * Left to the operating system, Windows would look in the current folder first, and a relative
 * entry of PATH could lead into the workspace: both would run what a stranger put there.
 */
async function onPath(machine: Machine, name: string): Promise<readonly string[]> {
  const { delimiter, isAbsolute, join } = pathOf(machine.platform);
  const file = machine.platform === "win32" ? `${name}.exe` : name;
  const folders = machine.searchPath
    .split(delimiter)
    .map((folder) => folder.replace(/^"(.*)"$/, "$1"))
    .filter((folder) => isAbsolute(folder));
  const found = [];
  for (const program of new Set(folders.map((folder) => join(folder, file)))) {
    if (await machine.isFile(program)) {
      found.push(program);
    }
  }
  return found;
}

const pathOf = (platform: NodeJS.Platform) => (platform === "win32" ? path.win32 : path.posix);
