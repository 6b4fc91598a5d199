import { Editor } from "./editor";
import { killAll, running } from "./processes";
import { ANY_SUGGESTION, expect, test } from "./window";

/** A worker leaves at most so long after its last window. */
const WORKER_GONE_WITHIN_MS = 60_000;

test.use({ settings: ANY_SUGGESTION });

test.beforeEach(async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
});

test("a killed sidecar is said, comes back by itself, and completes again", async ({
  editor,
  sandbox,
}) => {
  const [sidecar, ...others] = await running("sidecar", sandbox.home);
  expect(others).toEqual([]);
  killAll(sidecar === undefined ? [] : [sidecar]);
  await expect(editor.status).toContainText(/start/i);
  await editor.untilReady();
  const back = await running("sidecar", sandbox.home);
  expect(back.map(({ pid }) => pid)).not.toContain(sidecar?.pid);
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
});

test("a killed worker is said, comes back by itself, and completes again", async ({
  editor,
  sandbox,
}) => {
  const workers = await running("worker", sandbox.home);
  expect(workers).not.toEqual([]);
  killAll(workers);
  await expect(editor.status).toContainText(/load|start/i);
  await editor.untilReady();
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
});

test("a window that was loaded anew has one sidecar", async ({ editor, sandbox }) => {
  const [before] = await running("sidecar", sandbox.home);
  await editor.command("Developer: Reload Window");
  await expect
    .poll(async () => (await running("sidecar", sandbox.home)).map(({ pid }) => pid))
    .not.toContain(before?.pid);
  await editor.untilReady();
  expect(await running("sidecar", sandbox.home)).toHaveLength(1);
});

test("two windows share one worker", async ({ editor, page, sandbox, server, files }) => {
  const second = new Editor(await page.context().newPage(), server, files.workspace);
  await second.load({ file: "stock.py", line: 23, column: 1 });
  await second.untilReady();
  expect(await running("sidecar", sandbox.home)).toHaveLength(2);
  expect(await running("worker", sandbox.home)).toHaveLength(1);
  for (const window of [second, editor]) {
    await window.page.bringToFront();
    await window.focusText();
    await window.type("def count_items(items");
    await window.untilSuggestion();
    await window.press("Escape");
  }
});

test("a window that was killed leaves no process", async ({ sandbox }) => {
  test.setTimeout(WORKER_GONE_WITHIN_MS + 60_000);
  expect(await running("worker", sandbox.home)).not.toEqual([]);
  killAll(await running("editor", sandbox.home));
  await expect.poll(() => running("sidecar", sandbox.home), { timeout: 5_000 }).toEqual([]);
  await expect
    .poll(() => running("worker", sandbox.home), { timeout: WORKER_GONE_WITHIN_MS + 5_000 })
    .toEqual([]);
});
