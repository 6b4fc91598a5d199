// Finds a Python that can make the development environment; each candidate is tried by running it.
import process from "node:process";

import { windows } from "./layout.mjs";
import { run, ToolError } from "./processes.mjs";

export const oldestPython = [3, 11];

const question = `
import importlib.util, json, sys
has = lambda name: importlib.util.find_spec(name) is not None
print(json.dumps({
    "version": sys.version_info[:3],
    "executable": sys.executable,
    "venv": has("venv"),
    "ensurepip": has("ensurepip"),
    "pip": has("pip"),
}))
`;

/** Commands to try, best first. */
function candidates() {
  const named = process.env.PHI_SIDECAR_PYTHON;
  if (named) {
    // Named by the person: if it does not do, they must hear it, so nothing else is tried.
    return [[named]];
  }
  const byVersion = ["python3.13", "python3.12", "python3.11"].map((name) => [name]);
  return [...byVersion, ["python3"], ["python"], ...(windows ? [["py", "-3"]] : [])];
}

/** What a Python says of itself, or null if it cannot be run. */
export async function askPython([program, ...args]) {
  try {
    const { code, output } = await run(program, [...args, "-I", "-c", question], { quiet: true });
    return code === 0 ? JSON.parse(output) : null;
  } catch {
    // Not there, or not a Python: both mean "try the next one".
    return null;
  }
}

function whyNot(found) {
  const [major, minor] = found.version;
  if (major !== oldestPython[0] || minor < oldestPython[1]) {
    return `is ${found.version.join(".")}, older than ${oldestPython.join(".")}`;
  }
  if (!found.venv || !(found.ensurepip || found.pip)) {
    return "has neither its venv module nor pip (on Debian and Ubuntu: python3-venv)";
  }
  return null;
}

/** The first Python that will do: its executable and what it brings. */
export async function findPython() {
  const refused = [];
  for (const command of candidates()) {
    const found = await askPython(command);
    const reason = found === null ? "could not be run" : whyNot(found);
    if (reason === null) {
      return found;
    }
    if (found !== null || process.env.PHI_SIDECAR_PYTHON) {
      refused.push(`${command.join(" ")} ${reason}`);
    }
  }
  throw new ToolError(
    `No Python ${oldestPython.join(".")} or newer was found${refused.length > 0 ? `: ${refused.join("; ")}` : ""}.`,
    {
      remedy:
        "Install Python 3.11 or newer, or set the environment variable PHI_SIDECAR_PYTHON to one.",
    },
  );
}
