// `npm run test:vscode`: the built extension in a real VS Code.
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { codeServerRunsHere, installCodeServer } from "../../tools/code-server.mjs";
import { inRoot, isProgram } from "../../tools/layout.mjs";
import { makeVsix } from "../../tools/package.mjs";
import { failWith, packageProgram, run, ToolError } from "../../tools/processes.mjs";
import { setUp } from "../../tools/setup.mjs";
import { installBrowser } from "./browser.mjs";

const USAGE = `npm run test:vscode [-- OPTIONS] [-- PLAYWRIGHT'S ARGUMENTS]
  --vsix FILE     take this package instead of building one
  --screenshots   take the pictures of the README anew, into docs/images or --screenshots-in DIR
  --sandbox DIR   keep the sandbox in this folder; where it has been set up, the first run is skipped`;

/**
 * Runs the editor suite; throws a ToolError where a scenario failed.
 *
 * With `screenshots`, a folder, only those that have a picture taken, in each colour scheme.
 */
export async function runEditorSuite({ vsix, screenshots, sandbox, rest = [] } = {}) {
  if (!codeServerRunsHere()) {
    throw new ToolError("The editor suite runs on Linux only.", {
      remedy: "Run it there; the other suites run everywhere.",
    });
  }
  const onStep = (step) => process.stdout.write(`${step}\n`);
  await installCodeServer({ onStep });
  await installBrowser({ onStep });
  const built = path.resolve(vsix ?? (await buildVsix()));
  if (screenshots === undefined) {
    await inSandbox(sandbox, (root) => runPlaywright({ root, vsix: built, rest }));
    return;
  }
  for (const scheme of ["dark", "light"]) {
    const env = { PHI_EDITOR_SCREENSHOTS: screenshots, PHI_EDITOR_COLOURS: scheme };
    await inSandbox(undefined, (root) =>
      runPlaywright({ root, vsix: built, env, rest: ["--grep", "@picture", ...rest] }),
    );
  }
}

/** Works in the folder that was named, or in one that goes afterwards. */
async function inSandbox(folder, work) {
  if (folder !== undefined) {
    await mkdir(folder, { recursive: true });
    await work(path.resolve(folder));
    return;
  }
  // Short, and not below the checkout: the path of a Unix socket ends at 108 characters.
  const root = await mkdtemp(path.join(tmpdir(), "phi-"));
  try {
    await work(root);
  } finally {
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function runPlaywright({ root, vsix, env = {}, rest }) {
  const { code } = await run(
    process.execPath,
    [
      packageProgram("@playwright", "test", "cli.js"),
      ...["test", "--config", inRoot("tests", "vscode", "playwright.config.ts")],
      ...((await isPrepared(root))
        ? ["--no-deps", "--project=fetching", "--project=day to day"]
        : []),
      ...rest,
    ],
    { env: { PHI_EDITOR_SANDBOX: root, PHI_EDITOR_VSIX: vsix, ...env } },
  );
  if (code !== 0) {
    throw new ToolError("The editor suite failed.", {
      remedy: "Look at the pictures and logs in tests/vscode/results.",
    });
  }
}

async function buildVsix() {
  await setUp();
  return makeVsix();
}

/** Whether the first run in this sandbox came to its end, which it notes in a file. */
async function isPrepared(root) {
  try {
    return (await readFile(path.join(root, "first-run"), "utf8")) !== "";
  } catch (error) {
    if (error.code === "ENOENT") {
      return false;
    }
    throw error;
  }
}

async function main() {
  let parsed;
  try {
    parsed = parseArgs({
      options: {
        vsix: { type: "string" },
        screenshots: { type: "boolean", default: false },
        "screenshots-in": { type: "string", default: inRoot("docs", "images") },
        sandbox: { type: "string" },
      },
      allowPositionals: true,
    });
  } catch (error) {
    throw new ToolError(error.message, { remedy: USAGE });
  }
  const { "screenshots-in": folder, screenshots, ...options } = parsed.values;
  await runEditorSuite({
    ...options,
    ...(screenshots && { screenshots: path.resolve(folder) }),
    rest: parsed.positionals,
  });
}

if (isProgram(import.meta.url)) {
  await main().catch(failWith);
}
