// An empty computer, as far as the product can tell: a HOME of its own, and a profile of its own
// for each window.
import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { installExtension } from "../../tools/code-server.mjs";

// The extension host is remote there, and has a file of its own for settings of scope `machine`.
const MACHINE_SCOPED = new Set(["phiSidecar.python", "phiSidecar.logLevel"]);

export interface Sandbox {
  /** Holds the HOME, the profiles and the workspaces. */
  folder: string;
  home: string;
  /** Where the window's extensions lie, the product's among them once `install` has run. */
  extensionsDir: string;
  /** The environment to start an editor with. */
  env: Record<string, string | undefined>;
}

export interface Window {
  userDataDir: string;
  workspace: string;
}

/**
 * Describes the sandbox of this name at `root`, making its folders where they are missing.
 *
 * Both have to be short: the path of a Unix socket ends at 108 characters. Sandboxes of one root
 * share the installed extension.
 */
export async function openSandbox(root: string, name: string): Promise<Sandbox> {
  const folder = path.join(root, name);
  const home = path.join(folder, "home");
  const runtime = path.join(folder, "run");
  const temporary = path.join(folder, "tmp");
  const extensionsDir = path.join(root, "extensions");
  for (const one of [home, temporary, extensionsDir]) {
    await mkdir(one, { recursive: true });
  }
  await mkdir(runtime, { recursive: true, mode: 0o700 });
  return {
    folder,
    home,
    extensionsDir,
    env: {
      ...without(/^(npm_|XDG_.*_HOME$|PYTHON|VIRTUAL_ENV|NODE_|PHI_)/),
      HOME: home,
      XDG_RUNTIME_DIR: runtime,
      TMPDIR: temporary,
      PATH: pathOfAPerson(),
    },
  };
}

/** The names of all sandboxes at `root`. */
export async function sandboxesIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "extensions")
    .map(({ name }) => name);
}

/** Installs the built extension, as 'Install from VSIX' does. */
export async function install(sandbox: Sandbox, vsix: string): Promise<void> {
  const userDataDir = await mkdtemp(path.join(sandbox.env.TMPDIR ?? "", "install-"));
  await installExtension(vsix, {
    userDataDir,
    extensionsDir: sandbox.extensionsDir,
    env: sandbox.env,
  });
  await rm(userDataDir, { recursive: true });
}

/** Has an accelerator chosen already, as by an earlier window of the same person. */
export async function chooseAccelerator(sandbox: Sandbox, accelerator: string): Promise<void> {
  const folder = path.join(sandbox.home, ".local", "share", "phi-sidecar");
  await mkdir(folder, { recursive: true });
  const selection = JSON.stringify({ accelerator, model: "starter" });
  await writeFile(path.join(folder, "selection.json"), `${selection}\n`);
}

/**
 * Has it known how fast the starter was on a quiet day, as from an earlier window.
 *
 * Where it is slow the sidecar asks for one line only; a test of a block must not hang on what else
 * the machine does just then.
 */
export async function rememberSpeed(sandbox: Sandbox, tokensPerSecond: number): Promise<void> {
  const folder = path.join(sandbox.home, ".cache", "phi-sidecar");
  await mkdir(folder, { recursive: true });
  const ran = { accelerator: "openvino-genai/CPU", model: "starter", quantization: "q4_1" };
  const speeds = JSON.stringify({ speeds: [{ ...ran, tokensPerSecond }] });
  await writeFile(path.join(folder, "speeds.json"), `${speeds}\n`);
}

/** Makes an empty profile with these settings, and a workspace with the files of `from`. */
export async function newWindow(
  sandbox: Sandbox,
  { settings = {}, from }: { settings?: Record<string, unknown>; from: string },
): Promise<Window> {
  const folder = await mkdtemp(path.join(sandbox.folder, "w-"));
  const userDataDir = path.join(folder, "profile");
  // A workspace seen in the screenshots' title bar.
  const workspace = path.join(folder, "inventory");
  for (const kind of ["Machine", "User"]) {
    const ofKind = Object.entries(settings).filter(
      ([name]) => MACHINE_SCOPED.has(name) === (kind === "Machine"),
    );
    await mkdir(path.join(userDataDir, kind), { recursive: true });
    await writeFile(
      path.join(userDataDir, kind, "settings.json"),
      JSON.stringify(Object.fromEntries(ofKind), undefined, 2),
    );
  }
  await cp(from, workspace, { recursive: true });
  return { userDataDir, workspace };
}

/** The folder of the profile's newest logs. */
export async function logFolder(window: Window): Promise<string | undefined> {
  const logs = path.join(window.userDataDir, "logs");
  const sessions = await readdir(logs).catch(() => []);
  const newest = sessions.sort().at(-1);
  return newest === undefined ? undefined : path.join(logs, newest);
}

function without(names: RegExp): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(process.env).map(([name, value]) => [
      name,
      names.test(name) ? undefined : value,
    ]),
  );
}

/** The PATH without the checkout: its environments are not a person's. */
function pathOfAPerson(): string {
  const checkout = path.resolve(import.meta.dirname, "../..");
  return (process.env.PATH ?? "")
    .split(path.delimiter)
    .filter((folder) => !path.resolve(folder).startsWith(checkout + path.sep))
    .join(path.delimiter);
}
