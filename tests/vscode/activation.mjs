// `node tests/vscode/activation.mjs --vsix FILE [--runs N]`: prints, as JSON, how long the built
// extension takes to activate, as the editor itself measures it.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { chromium } from "@playwright/test";

import { installCodeServer, installExtension, startCodeServer } from "../../tools/code-server.mjs";
import { isProgram } from "../../tools/layout.mjs";
import { failWith, ToolError } from "../../tools/processes.mjs";
import { installBrowser } from "./browser.mjs";

const SHOWN_WITHIN_MS = 60_000;
const DEFAULT_RUNS = 5;

/**
 * Measures activation in fresh windows of one profile; the first, cold one is not counted.
 *
 * @param {{ vsix: string, runs?: number }} options
 * @returns {Promise<{ activationMs: number[], medianMs: number }>} code loading and the call of
 *   `activate` together
 */
export async function measureActivation({ vsix, runs = DEFAULT_RUNS }) {
  await installCodeServer();
  const browser = await chromium.launch({ ...(await installBrowser()), args: ["--no-sandbox"] });
  const root = await mkdtemp(path.join(tmpdir(), "phi-"));
  try {
    const profile = await emptyProfile(root);
    await installExtension(vsix, profile);
    const activationMs = [];
    for (let run = 0; run <= runs; run++) {
      const measured = await measureOnce(browser, profile, path.join(root, "workspace"));
      if (run > 0) {
        activationMs.push(measured);
      }
    }
    return { activationMs, medianMs: median(activationMs) };
  } finally {
    await browser.close();
    await rm(root, { recursive: true, force: true, maxRetries: 5 });
  }
}

async function emptyProfile(root) {
  const folders = Object.fromEntries(
    ["home", "run", "user-data", "extensions", "workspace"].map((name) => [
      name,
      path.join(root, name),
    ]),
  );
  for (const folder of Object.values(folders)) {
    await mkdir(folder, { mode: 0o700 });
  }
  await mkdir(path.join(root, "user-data", "User"));
  await writeFile(
    path.join(root, "user-data", "User", "settings.json"),
    JSON.stringify({ "workbench.startupEditor": "none", "chat.disableAIFeatures": true }),
  );
  await mkdir(path.join(root, "user-data", "Machine"));
  await writeFile(
    path.join(root, "user-data", "Machine", "settings.json"),
    // What is measured is the extension: no sidecar and no download beside it.
    JSON.stringify({ "phiSidecar.python": path.join(root, "no-python") }),
  );
  return {
    userDataDir: folders["user-data"],
    extensionsDir: folders.extensions,
    env: { HOME: folders.home, XDG_RUNTIME_DIR: folders.run },
  };
}

async function measureOnce(browser, profile, workspace) {
  const editor = await startCodeServer({ ...profile, workspace });
  // Tall enough for the whole list: rows out of sight do not exist.
  const page = await browser.newPage({ viewport: { width: 1280, height: 2400 } });
  try {
    await page.goto(editor.url);
    const status = page.locator('.statusbar-item[id^="phi-sidecar."]').first();
    await status.waitFor({ timeout: SHOWN_WITHIN_MS });
    await page.keyboard.press("F1");
    await page.locator(".quick-input-widget input").first().fill(">Show Running Extensions");
    await page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ hasText: "Show Running Extensions" })
      .first()
      .click();
    const row = page
      .locator(".runtime-extensions-editor .extension")
      .filter({ hasText: "Phi Sidecar" });
    const time = (await row.locator(".activation-time").textContent()) ?? "";
    const ms = /([\d.]+)\s*ms/.exec(time)?.[1];
    if (ms === undefined) {
      throw new ToolError(`The editor gave no activation time, but '${time}'.`);
    }
    return Number(ms);
  } finally {
    await page.close();
    await editor.stop();
  }
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? sorted[middle]
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

async function main() {
  const { values } = parseArgs({
    options: { vsix: { type: "string" }, runs: { type: "string", default: `${DEFAULT_RUNS}` } },
  });
  if (values.vsix === undefined) {
    throw new ToolError("Which package?", {
      remedy: "Pass --vsix FILE; npm run package makes one.",
    });
  }
  const measured = await measureActivation({ vsix: values.vsix, runs: Number(values.runs) });
  process.stdout.write(`${JSON.stringify(measured)}\n`);
}

if (isProgram(import.meta.url)) {
  await main().catch(failWith);
}
