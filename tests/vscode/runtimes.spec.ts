import { readdir, rm } from "node:fs/promises";
import path from "node:path";

import { testWithHub } from "./hubWindow";
import { ANY_SUGGESTION, expect } from "./window";

const STORY = "Write a long story about a ship and the sea, at least a thousand words.";
const ONNX = /CPU \(ONNX Runtime\)/;
const OPENVINO = /CPU \(OpenVINO\)/;
const BYTES = /\d+ of \d+ MB/;
/** The runtime comes from the package index, the model from the hub of this test. */
const PREPARED_WITHIN_MS = 240_000;

const test = testWithHub("onnx-int4-cpu");

test.use({
  settings: {
    ...ANY_SUGGESTION,
    "phiSidecar.chat.systemPrompt": "",
    "phiSidecar.chat.maxNewTokens": 4_000,
    // Its likeliest words come to an end before the runtime is there.
    "phiSidecar.chat.sampling": true,
    "phiSidecar.chat.temperature": 2,
  },
});

test("another runtime and its model are fetched with progress while an answer is written, and take over", {
  tag: "@picture",
}, async ({ editor, chat, picture }) => {
  test.setTimeout(PREPARED_WITHIN_MS + 120_000);
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await chat.open();
  await chat.ask(STORY);
  await chat.untilStreaming();

  await editor.command("Phi: Switch Accelerator");
  await editor.choose(ONNX);
  const progress = editor.notification(/switching to CPU \(ONNX Runtime\)/);
  await expect(progress).toContainText(BYTES, { timeout: 60_000 });
  await expect(progress.getByRole("button", { name: "Cancel" })).toBeVisible();
  await expect(progress).toContainText(/Phi-3 mini.* ([4-9]\d|1\d\d) of 1\d\d MB/, {
    timeout: PREPARED_WITHIN_MS,
  });
  await picture("prepare-model");
  // The old one goes on meanwhile, with what is typed and with what it writes.
  const before = (await chat.text()).length;
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
  await expect.poll(async () => (await chat.text()).length).toBeGreaterThan(before);

  await expect(progress).toHaveCount(0, { timeout: PREPARED_WITHIN_MS });
  await expect(editor.status).toHaveText(/CPU/);
  await editor.status.hover();
  const tooltip = editor.page.locator(".monaco-hover").filter({ hasText: "Phi Sidecar" });
  await expect(tooltip).toContainText("CPU (ONNX Runtime)");
  await expect(tooltip).toContainText(/Phi-3 mini/);

  // What was begun is finished by the model that began it.
  await expect(chat.stop).toBeVisible();
  await chat.question.press("Escape");
  await chat.untilAnswered();
  await expect(chat.facts).toContainText("CPU (OpenVINO)");
  await chat.ask("Name a colour.");
  await expect(chat.turns).toHaveCount(2);
  await expect(chat.answer).toContainText(/\S/);
  // A model this small may go on until its context is full; where it has ended this does nothing.
  await chat.question.press("Escape");
  await chat.untilAnswered({ turns: 2 });
  await expect(chat.facts.last()).toContainText("CPU (ONNX Runtime)");
});

test("accelerators of two runtimes are switched while somebody types", async ({ editor }) => {
  test.setTimeout(PREPARED_WITHIN_MS + 120_000);
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await editor.command("Phi: Switch Accelerator");
  await editor.choose(ONNX);
  await editor.focusText();
  await editor.type("def count_items(items");
  const { text } = await editor.untilSuggestion();
  expect(text).toMatch(/^def count_items\(items/);
  const switching = editor.notification(/switching to/);
  await expect(switching).toHaveCount(0, { timeout: PREPARED_WITHIN_MS });
  await editor.untilReady();

  await editor.command("Phi: Switch Accelerator");
  await editor.choose(OPENVINO);
  await editor.focusText();
  await editor.type("):");
  await editor.untilSuggestion();
  await expect(switching).toHaveCount(0, { timeout: PREPARED_WITHIN_MS });
  await editor.untilReady();
});

test("a runtime is set up, again after a cancel, and removed, and each says its size", async ({
  editor,
  sandbox,
}) => {
  test.setTimeout(PREPARED_WITHIN_MS + 120_000);
  const environments = path.join(sandbox.home, ".local", "share", "phi-sidecar", "environments");
  const stored = async () =>
    (await readdir(environments)).filter((name) => name.startsWith("directml-"));
  for (const name of await stored()) {
    // Of an earlier scenario: nothing of this runtime is here yet.
    await rm(path.join(environments, name), { recursive: true });
  }
  const runtime = editor.rows.filter({ hasText: /^ONNX Runtime/ });
  const progress = editor.notification(/setting up ONNX Runtime/);
  const setUp = async () => {
    await editor.command("Phi: Manage Runtimes");
    await expect(runtime).toContainText(/not installed · \d+ MB to download/);
    await runtime.click();
    await expect(editor.rows.first()).toContainText(/^Set up.*downloads \d+ MB/);
    await editor.rows.first().click();
    await expect(progress).toContainText(BYTES, { timeout: 60_000 });
  };
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();

  await setUp();
  await progress.getByRole("button", { name: "Cancel" }).click();
  await expect(progress).toHaveCount(0);
  await expect.poll(stored).toEqual([]);

  await setUp();
  await expect(progress).toHaveCount(0, { timeout: PREPARED_WITHIN_MS });
  await editor.command("Phi: Manage Runtimes");
  await expect(runtime).toContainText(/ready · \d+ MB on disk/);
  await runtime.click();
  await editor.choose(/^Remove….*frees \d+ MB/);
  await editor.choose(/^Remove.*frees \d+ MB/);
  await expect.poll(stored).toEqual([]);
  await editor.press("Escape");
  await editor.command("Phi: Manage Runtimes");
  await expect(runtime).toContainText("not installed");
});
