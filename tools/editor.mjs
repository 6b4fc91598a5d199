// `npm start -- --editor`: the built extension in the person's own VS Code, or in a browser editor on
// this machine alone.
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { installCodeServer, installExtension, startCodeServer } from "./code-server.mjs";
import { inRoot, windows } from "./layout.mjs";
import { makeVsix } from "./package.mjs";
import { run, ToolError } from "./processes.mjs";
import { step } from "./steps.mjs";

const sample = inRoot(".cache", "sample");
const sampleFile = "inventory.py";

/** Opens an editor on a sample folder; returns the exit code. */
export async function openEditor({ inBrowser = false } = {}) {
  const vsix = await makeVsix();
  // What the person wrote in it before stays.
  await cp(inRoot("tools", "sample"), sample, { recursive: true, force: false });
  return !inBrowser && hasOwnEditor() ? openOwn(vsix) : openInBrowser(vsix);
}

function hasOwnEditor() {
  const name = windows ? "code.cmd" : "code";
  const folders = (process.env.PATH ?? process.env.Path ?? "").split(path.delimiter);
  return folders.some((folder) => folder !== "" && existsSync(path.join(folder, name)));
}

/**
 * Runs the person's `code` in a folder.
 *
 * On Windows it is a batch file, which only cmd.exe can start. So that no path ever passes through
 * its quoting, the arguments name files relative to `cwd`.
 */
async function code(args, { cwd, what }) {
  const [program, all] = windows
    ? ["cmd.exe", ["/d", "/s", "/c", ["code.cmd", ...args].join(" ")]]
    : ["code", args];
  const { code: exitCode } = await run(program, all, { cwd });
  if (exitCode !== 0) {
    throw new ToolError(`${what} failed: 'code' ended with ${exitCode}.`, {
      remedy: "Try 'npm start -- --editor --browser' for an editor in the browser.",
    });
  }
}

async function openOwn(vsix) {
  await code(["--install-extension", path.basename(vsix), "--force"], {
    cwd: path.dirname(vsix),
    what: "Installing the extension",
  });
  await code([".", "--goto", sampleFile], { cwd: sample, what: "Opening VS Code" });
  process.stdout.write(`VS Code is open on ${sample}; type in ${sampleFile}.\n`);
  return 0;
}

async function openInBrowser(vsix) {
  await step("Browser editor", (report) =>
    installCodeServer({ onStep: (what) => report(undefined, what) }),
  );
  const profile = {
    userDataDir: inRoot(".cache", "editor", "user-data"),
    extensionsDir: inRoot(".cache", "editor", "extensions"),
  };
  await installExtension(vsix, profile);
  const password = randomBytes(18).toString("base64url");
  const editor = await startCodeServer({ ...profile, workspace: sample, password });
  process.stdout.write(`
Open      ${editor.url}
Password  ${password}

Only this machine can reach it. Open ${sampleFile} and type; Ctrl-C ends it.
`);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.once(signal, () => editor.stop());
  }
  await editor.ended;
  return 0;
}
