// code-server: a real VS Code (workbench, extension host, webviews) that is seen in a browser.
// `npm start -- --editor` shows it to a person, the editor suite drives it.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";

import { inRoot } from "./layout.mjs";
import { lockedInstall, npmRun } from "./locked-install.mjs";
import { must, ToolError } from "./processes.mjs";

const STARTED_WITHIN_MS = 60_000;
const STOPPED_WITHIN_MS = 10_000;

/**
 * @typedef {object} Profile Where one editor keeps its things.
 * @property {string} userDataDir settings and state
 * @property {string} extensionsDir installed extensions
 * @property {Record<string, string | undefined>} [env] merged over this process's environment;
 *   undefined removes a variable
 */

/** Whether the browser editor runs on this system. */
export function codeServerRunsHere() {
  return process.platform === "linux" && ["x64", "arm64"].includes(process.arch);
}

/**
 * Installs code-server and the Node it needs into `.cache/code-server`, once.
 *
 * @param {{ onStep?: (step: string) => void }} [options] `onStep` hears what is being done
 * @returns {Promise<string>} the folder
 */
export async function installCodeServer({ onStep = () => {} } = {}) {
  if (!codeServerRunsHere()) {
    throw new ToolError("The browser editor runs on Linux only.", {
      remedy: "Install VS Code with its `code` command, then try again.",
    });
  }
  return lockedInstall({
    name: "code-server",
    lockFolder: inRoot("tools", "code-server"),
    title: "the browser editor (about 200 MB)",
    onStep,
    also: [inRoot("tools", "code-server", "spdlog.cjs")],
    // What code-server's own install script does, less the compiling, which nothing here needs.
    // Both folders carry npm's shrinkwrap with hashes.
    finish: async (folder) => {
      const vscode = path.join(folder, "node_modules", "code-server", "lib", "vscode");
      for (const cwd of [vscode, path.join(vscode, "extensions")]) {
        const what = "Fetching the browser editor's libraries";
        onStep(what);
        await npmRun(["install", "--omit=dev"], { cwd, what });
      }
      await copyFile(
        inRoot("tools", "code-server", "spdlog.cjs"),
        path.join(vscode, "node_modules", "@vscode", "spdlog", "index.js"),
      );
    },
  });
}

/** The Node that came with code-server; `installCodeServer` must have run. */
export function codeServerNode() {
  const program = inRoot(
    ...[".cache", "code-server", "node_modules", `node-linux-${process.arch}`, "bin", "node"],
  );
  if (!existsSync(program)) {
    throw new ToolError("The browser editor is not installed.", {
      remedy: "Start it with 'npm start -- --editor', which installs it.",
    });
  }
  return program;
}

/**
 * Installs a `.vsix` into a profile, as 'Install from VSIX' does.
 *
 * @param {string} vsix
 * @param {Profile} profile
 */
export async function installExtension(vsix, profile) {
  await must(
    codeServerNode(),
    [...baseArguments(profile), "--install-extension", vsix, "--force"],
    {
      what: `Installing ${path.basename(vsix)}`,
      env: editorEnvironment(profile),
    },
  );
}

/**
 * Starts an editor on loopback and waits until it answers.
 *
 * It runs in a process group of its own, which `stop` ends, and which ends with this process.
 *
 * @param {Profile & {
 *   workspace: string,
 *   port?: number,
 *   password?: string,
 *   onOutput?: (text: string) => void,
 *   vscodeOptions?: string[],
 * }} options without a `port` a free one is taken, without a `password` none is asked for;
 *   `vscodeOptions` go to the VS Code server inside (`flag` or `flag=value`)
 * @returns {Promise<{ url: string, port: number, pid: number, stop: () => Promise<void>,
 *   kill: () => Promise<void>, ended: Promise<void> }>}
 */
export async function startCodeServer({ workspace, port, password, onOutput, ...options }) {
  const { vscodeOptions = [], ...profile } = options;
  await mkdir(profile.userDataDir, { recursive: true });
  const chosen = port ?? (await freePort());
  const child = spawn(
    codeServerNode(),
    [
      ...baseArguments(profile),
      ...["--auth", password === undefined ? "none" : "password"],
      ...["--bind-addr", `127.0.0.1:${chosen}`],
      ...["--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"],
      ...["--disable-getting-started-override", "--disable-proxy"],
      ...vscodeOptions.flatMap((option) => ["--vscode-option", option]),
      workspace,
    ],
    {
      cwd: workspace,
      detached: true,
      env: { ...editorEnvironment(profile), ...(password && { PASSWORD: password }) },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const output = [];
  const ended = new Promise((resolve) => child.once("close", () => resolve()));
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output.push(text);
      onOutput?.(text);
    });
  }
  const endWithUs = () => signalGroup(child.pid, "SIGKILL");
  process.once("exit", endWithUs);
  void ended.then(() => process.removeListener("exit", endWithUs));

  const kill = async () => {
    signalGroup(child.pid, "SIGKILL");
    await ended;
  };
  const stop = async () => {
    signalGroup(child.pid, "SIGTERM");
    const patience = new AbortController();
    await Promise.race([
      ended,
      sleep(STOPPED_WITHIN_MS, undefined, { signal: patience.signal }).catch(() => {}),
    ]);
    patience.abort();
    await kill();
  };
  try {
    await answers(chosen, child);
  } catch (error) {
    await kill();
    throw new ToolError(error.message, { output: output.join("") });
  }
  const url = `http://127.0.0.1:${chosen}/?folder=${encodeURIComponent(workspace)}`;
  return { url, port: chosen, pid: child.pid, stop, kill, ended };
}

function baseArguments({ userDataDir, extensionsDir }) {
  return [
    inRoot(".cache", "code-server", "node_modules", "code-server", "out", "node", "entry.js"),
    // A configuration of its own: the person's, where there is one, is for their own editor.
    ...["--config", path.join(userDataDir, "code-server.yaml")],
    ...["--user-data-dir", userDataDir],
    ...["--extensions-dir", extensionsDir],
  ];
}

function editorEnvironment({ env = {} }) {
  // Variables of an editor around us would make this one a mere client of it.
  const own = Object.entries(process.env).filter(([name]) => !/^(VSCODE|CODE_SERVER)_/.test(name));
  const merged = { ...Object.fromEntries(own), EXTENSIONS_GALLERY: "{}", ...env };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve, reject) => {
    server.once("error", reject).listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port, child) {
  const deadline = Date.now() + STARTED_WITHIN_MS;
  while (Date.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error("The browser editor ended as it started.");
    }
    try {
      const response = await fetch(`http://127.0.0.1:${port}/healthz`);
      if (response.ok) {
        return;
      }
    } catch {
      // Nothing listens yet.
    }
    await sleep(100);
  }
  throw new Error(`The browser editor did not answer within ${STARTED_WITHIN_MS / 1000} s.`);
}

function signalGroup(pid, signal) {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") {
      throw error;
    }
  }
}
