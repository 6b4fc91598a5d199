// A model hub on this machine, which has a small model where the catalog says that Phi-3 is.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readFile } from "node:fs/promises";
import path from "node:path";
import { createInterface } from "node:readline";

import { inRoot, venvProgram } from "../../tools/layout.mjs";
import { must } from "../../tools/processes.mjs";

/** Slow enough that a person sees the progress, fast enough for a test. */
const BYTES_PER_SECOND = 25_000_000;

export interface Hub {
  readonly url: string;
  close(): Promise<void>;
}

/** What is served: a form of the Phi-3-layout test model as one of the catalog's builds. */
export interface Served {
  /** As `tests/models/build.py` names it. */
  readonly form: string;
  readonly repository: string;
  readonly subfolder: string;
  readonly commit: string;
}

/** The model for the processor in ONNX Runtime GenAI's form, where the catalog has Phi-3's. */
export const onnxForTheProcessor = async (): Promise<Served> => ({
  form: "onnx-int4-cpu",
  ...(await hubSource("onnx-int4-cpu")),
});

/** Serves until it is closed; the model is built if it is not there. */
export async function startHub(folder: string, served: Served): Promise<Hub> {
  const output: string = await must(
    venvProgram("python"),
    [inRoot("tests", "models", "build.py"), `phi3-layout/${served.form}`],
    { what: "Building the test model", remedy: "The lines above say why." },
  );
  const model = output.trim().split(/\s+/).at(-1) ?? "";
  const place = path.join(folder, served.repository, served.subfolder);
  await cp(model, place, { recursive: true });
  const server = spawn(
    venvProgram("python"),
    [
      inRoot("tests", "unit", "models", "hub_server.py"),
      ...[folder, "--rate", String(BYTES_PER_SECOND), "--commit", served.commit],
    ],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  const ended = once(server, "close");
  const [line] = (await once(createInterface(server.stdout), "line")) as [string];
  return {
    url: JSON.parse(line).url,
    async close() {
      server.stdin.end();
      await ended;
    },
  };
}

/** Where the catalog fetches a build of Phi-3 mini from. */
async function hubSource(build: string): Promise<Omit<Served, "form">> {
  const catalog = await readFile(
    inRoot("sidecar", "phi_sidecar", "models", "catalog.toml"),
    "utf8",
  );
  const entry = catalog.split(`id = "${build}"`)[1] ?? "";
  const value = (name: string) => new RegExp(`^${name} = "(.*)"$`, "m").exec(entry)?.[1] ?? "";
  return {
    repository: value("repository"),
    subfolder: value("subfolder"),
    commit: value("revision"),
  };
}
