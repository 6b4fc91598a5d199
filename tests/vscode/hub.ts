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

/** The same model in the form that the catalog calls by this name. */
export const phi3Mini = async (build: string): Promise<Served> => ({
  form: build,
  ...(await hubSource(build)),
});

/** Serves until it is closed; the models are built if they are not there. */
export async function startHub(folder: string, served: readonly Served[]): Promise<Hub> {
  const models = await testModels(served.map(({ form }) => `phi3-layout/${form}`));
  for (const [index, { repository, subfolder }] of served.entries()) {
    await cp(models[index] ?? "", path.join(folder, repository, subfolder), { recursive: true });
  }
  // A build that is pinned to no commit takes any.
  const commit = served.map((one) => one.commit).find((one) => /^[0-9a-f]{40}$/.test(one));
  const server = spawn(
    venvProgram("python"),
    [
      inRoot("tests", "unit", "models", "hub_server.py"),
      ...[folder, "--rate", String(BYTES_PER_SECOND)],
      ...(commit === undefined ? [] : ["--commit", commit]),
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

/** The folders of test models, as `tests/models/build.py` names them. */
export async function testModels(names: readonly string[]): Promise<string[]> {
  const output: string = await must(
    venvProgram("python"),
    [inRoot("tests", "models", "build.py"), ...names],
    { what: "Building the test models", remedy: "The lines above say why." },
  );
  return output.trim().split("\n").slice(-names.length);
}

/** Why the test models cannot be made on this machine, outside CI; undefined where they can. */
export async function whyNoTestModels(): Promise<string | undefined> {
  const output: string = await must(venvProgram("python"), [inRoot("tests", "runtimes.py")], {
    what: "Asking which runtimes can be set up here",
    remedy: "The lines above say why.",
  });
  return JSON.parse(output).convert;
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
