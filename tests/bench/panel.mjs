// `node tests/bench/panel.mjs`: prints, as JSON, what the chat panel's page needs to show a long
// answer in a headless browser: as it streams, and when it is restored as a whole.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";

import { chromium } from "@playwright/test";
import { build } from "esbuild";

import { bundlePanel } from "../../tools/bundle.mjs";
import { inRoot, isProgram } from "../../tools/layout.mjs";
import { failWith, ToolError } from "../../tools/processes.mjs";
import { installBrowser } from "../vscode/browser.mjs";
import { inPieces, LONG_CODE_LINES, longAnswer } from "./panel/answer.mjs";

const ORIGIN = "https://panel.test";
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".ttf": "font/ttf" };
const RESTORED_RUNS = 3;
// The updates that are sent to the page in one go.
const BATCH = 500;

/**
 * Measures the bundle that ships.
 *
 * @returns {Promise<{ lines: number, updatesMs: number[], longestTasksMs: number[],
 *   drawnMs: number[] }>} script and forced layout of each update; the longest task and the time
 *   until nothing changes any more of each restoring
 */
export async function measurePanel() {
  const folder = await mkdtemp(path.join(tmpdir(), "phi-panel-"));
  const browser = await chromium.launch({ ...(await installBrowser()), args: ["--no-sandbox"] });
  try {
    await bundlePanel({ outdir: folder });
    const html = await pageOf(folder);
    const text = longAnswer();
    const updatesMs = await streamed(await openPanel(browser, folder, html), inPieces(text));
    const longestTasksMs = [];
    const drawnMs = [];
    for (let run = 0; run < RESTORED_RUNS; run++) {
      const restored = await restore(await openPanel(browser, folder, html), text);
      longestTasksMs.push(restored.longestTaskMs);
      drawnMs.push(restored.drawnMs);
    }
    return { lines: text.split("\n").length - 1, updatesMs, longestTasksMs, drawnMs };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The page as the extension writes it. */
async function pageOf(folder) {
  const outfile = path.join(folder, "panelHtml.mjs");
  await build({
    entryPoints: [inRoot("extension", "src", "chat", "panel", "panelHtml.ts")],
    outfile,
    format: "esm",
    logLevel: "warning",
  });
  const { panelHtml } = await import(pathToFileURL(outfile).href);
  return panelHtml({
    cspSource: ORIGIN,
    script: `${ORIGIN}/panel.js`,
    style: `${ORIGIN}/style.css`,
    icons: `${ORIGIN}/codicon.css`,
  });
}

async function openPanel(browser, folder, html) {
  const page = await browser.newPage({ viewport: { width: 420, height: 900 } });
  page.on("pageerror", (error) => process.stderr.write(`${error.stack}\n`));
  await page.route("**", async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/") {
      await route.fulfill({ contentType: "text/html", body: html });
      return;
    }
    await route.fulfill({
      contentType: TYPES[path.extname(pathname)] ?? "text/plain",
      body: await readFile(path.join(folder, ...pathname.split("/"))),
    });
  });
  const theme = await readFile(inRoot("tests", "panel", "themes", "dark.json"), "utf8");
  await page.addInitScript(standInForTheEditor, JSON.parse(theme));
  await page.goto(`${ORIGIN}/`);
  await page.waitForFunction(() => globalThis.phiReady);
  return page;
}

function standInForTheEditor({ classes, variables }) {
  globalThis.acquireVsCodeApi = () => ({
    postMessage: ({ kind }) => {
      globalThis.phiReady ||= kind === "ready";
    },
  });
  document.addEventListener("DOMContentLoaded", () => {
    document.body.classList.add(...classes);
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(name, value);
    }
  });
}

async function streamed(page, pieces) {
  await page.evaluate(beginStreaming, conversation({ text: "", state: { kind: "streaming" } }));
  const updatesMs = [];
  let at = 0;
  for (let from = 0; from < pieces.length; from += BATCH) {
    const batch = pieces.slice(from, from + BATCH);
    updatesMs.push(...(await page.evaluate(streamBatch, { at, batch })));
    at += batch.join("").length;
  }
  await checkDrawn(page);
  await page.close();
  return updatesMs;
}

/** Makes sure that what was measured is the drawing of the answer. */
async function checkDrawn(page) {
  const lines = await page.locator(".phi-markdown .phi-line").count();
  if (lines < LONG_CODE_LINES) {
    throw new ToolError(`Only ${lines} lines of code were drawn.`);
  }
}

function conversation(answer) {
  const question = { text: "Explain it all.", command: null, attachments: [] };
  const turn = { id: "t1", question, answers: [{ facts: null, ...answer }], shown: 0 };
  return { kind: "conversation", conversation: { id: "c1", title: "Long", turns: [turn] } };
}

/** Begins an answer; from now on frames come when the measuring wants them. */
async function beginStreaming(message) {
  const realFrame = requestAnimationFrame.bind(globalThis);
  globalThis.phiFrame = () => new Promise((resolve) => realFrame(() => setTimeout(resolve)));
  globalThis.dispatchEvent(new MessageEvent("message", { data: message }));
  await globalThis.phiFrame();
  const callbacks = new Map();
  let last = 0;
  globalThis.requestAnimationFrame = (callback) => {
    last += 1;
    callbacks.set(last, callback);
    return last;
  };
  globalThis.cancelAnimationFrame = (id) => callbacks.delete(id);
  globalThis.phiRunFrame = () => {
    const due = [...callbacks.values()];
    callbacks.clear();
    for (const callback of due) {
      callback(performance.now());
    }
  };
}

async function streamBatch({ at, batch }) {
  const times = [];
  // Rendering that was asked for by a message happens in promises that follow each other.
  const promises = async () => {
    for (let round = 0; round < 10; round++) {
      await null;
    }
  };
  let from = at;
  for (const [index, text] of batch.entries()) {
    const data = { kind: "text", conversation: "c1", turn: "t1", answer: 0, at: from, text };
    const began = performance.now();
    globalThis.dispatchEvent(new MessageEvent("message", { data }));
    await promises();
    globalThis.phiRunFrame();
    await promises();
    document.body.getBoundingClientRect();
    document.querySelector(".phi-markdown")?.lastElementChild?.getBoundingClientRect();
    times.push(performance.now() - began);
    from += text.length;
    if (index % 20 === 0) {
      // What the browser does only in its own frames: sizes are observed, out of sight is skipped.
      await globalThis.phiFrame();
    }
  }
  return times;
}

async function restore(page, text) {
  const message = conversation({ text, state: { kind: "complete" } });
  const measured = await page.evaluate(async (data) => {
    const tasks = [];
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: "longtask" });
    const began = performance.now();
    let changed = began;
    new MutationObserver(() => {
      changed = performance.now();
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    globalThis.postMessage(data);
    while (performance.now() - changed < 1_000) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return { longestTaskMs: Math.max(0, ...tasks), drawnMs: changed - began };
  }, message);
  await checkDrawn(page);
  await page.close();
  return measured;
}

if (isProgram(import.meta.url)) {
  await measurePanel()
    .then((measured) => process.stdout.write(`${JSON.stringify(measured)}\n`))
    .catch(failWith);
}
