// When nothing is to be suggested, and how it comes back.
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { ANY_SUGGESTION, expect, test } from "./window";

test.use({ settings: ANY_SUGGESTION });

test.beforeEach(async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
});

test("what was dismissed does not come back by itself", async ({ editor }) => {
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
  const stop = await editor.watch();
  await editor.press("Escape");
  await expect.poll(() => editor.suggestion()).toBeUndefined();
  await editor.expectNoSuggestion();
  const frames = await stop();
  expect(frames.slice(1).map((frame) => frame.ghost)).toEqual([""]);
});

test.describe("where an answer takes its time", () => {
  const PAUSE_MS = 2_000;
  test.use({ settings: { ...ANY_SUGGESTION, "phiSidecar.completion.pauseMs": PAUSE_MS } });

  test("Escape drops it before it is there", async ({ editor }) => {
    await editor.type("def count_items(");
    // By then the editor has asked, and the answer has not come.
    await editor.page.waitForTimeout(PAUSE_MS / 2);
    expect(await editor.suggestion()).toBeUndefined();
    await editor.press("Escape");
    await editor.expectNoSuggestion({ forMs: 2 * PAUSE_MS });
  });

  test("Escape closes first what it always closes", async ({ editor, page }) => {
    await editor.press("Control+f");
    const find = page.locator(".find-widget.visible");
    await expect(find).toBeVisible();
    await editor.focusText();
    await editor.type("def count_items(");
    await page.waitForTimeout(PAUSE_MS / 2);
    await editor.press("Escape");
    // With the hint for parameters open as well it takes one more.
    await expect(find).toBeHidden();
  });
});

test("several cursors are left alone", async ({ editor }) => {
  await editor.press("Enter", "ArrowUp");
  await editor.command("Add Cursor Below");
  await editor.type("def count_items(items");
  await editor.expectNoSuggestion();
  await editor.save("stock.py", "\ndef count_items(items)\ndef count_items(items)");

  await editor.press("Escape");
  await editor.type(", ");
  await editor.untilSuggestion();
});

test("turned on again, or no longer snoozed, a suggestion comes without another key", async ({
  editor,
}) => {
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
  for (const [off, on] of [
    ["Phi: Toggle Completions", "Phi: Toggle Completions"],
    ["Phi: Snooze Completions", "Phi: End Snooze"],
  ] as const) {
    await editor.command(off);
    if (off === "Phi: Snooze Completions") {
      await editor.choose("15 minutes");
      await expect(editor.status).toContainText(/snoozed until/);
    } else {
      await expect(editor.status.locator(".codicon-circle-slash")).toBeVisible();
    }
    await editor.expectNoSuggestion({ forMs: 1_000 });
    await editor.command(on);
    await editor.untilSuggestion();
  }
});

test("a cell of a notebook is a file as well", async ({ editor, files, page }) => {
  const cell = { cell_type: "code", metadata: {}, outputs: [], execution_count: null, source: [] };
  const notebook = {
    cells: [cell],
    metadata: { language_info: { name: "python" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  await writeFile(path.join(files.workspace, "shop.ipynb"), JSON.stringify(notebook));
  await editor.press("Control+p");
  await page.keyboard.type("shop.ipynb");
  await editor.choose("shop.ipynb");
  await page.locator(".notebookOverlay .cell .monaco-editor").first().click();
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
});
