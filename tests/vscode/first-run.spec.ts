import { writeFile } from "node:fs/promises";
import path from "node:path";

import { running } from "./processes";
import { requiredVariable } from "./variables";
import { expect, test } from "./window";

/** The runtime and the starter model, some 200 MB, come over the network here. */
const PREPARED_WITHIN_MS = 240_000;
const BEGUN_WITHIN_MS = 60_000;
const BYTES = /\d+ (of \d+ )?MB/;

// An empty profile: not one setting, nothing chosen.
test.use({ quiet: false, accelerator: undefined });

test("an empty computer reaches ghost text, with visible progress and no terminal", {
  tag: "@picture",
}, async ({ editor, sandbox, picture }) => {
  test.setTimeout(PREPARED_WITHIN_MS + 60_000);
  await editor.load({ file: "stock.py", line: 23, column: 1 });

  const progress = editor.notification(BYTES);
  await expect(progress).toBeVisible({ timeout: BEGUN_WITHIN_MS });
  await expect(progress.getByRole("button", { name: "Cancel" })).toBeVisible();
  await expect(editor.status).toContainText(/preparing/i);
  await picture("first-run");

  await editor.untilReady({ timeoutMs: PREPARED_WITHIN_MS });
  await expect(progress).toHaveCount(0);

  // Not up to a word: its list, open before the suggestion comes, would keep it from being shown.
  // And a beginning of which the starter is well surer than it has to be: nothing is set here.
  await editor.type("def count_items(");
  const { text } = await editor.untilSuggestion();
  expect(text).toMatch(/^def count_items\(\w/);
  await picture("ghost-text");
  await editor.press("Tab");
  await editor.save("stock.py", text);

  await expect(editor.terminals).toHaveCount(0);
  expect(await running("terminal", sandbox.home)).toEqual([]);
  await writeFile(path.join(requiredVariable("PHI_EDITOR_SANDBOX"), "first-run"), "done");
});

test.describe("on another computer", () => {
  test.use({ computer: "other" });

  test("a set-up that was cancelled says so, and goes on when asked", async ({ editor }) => {
    await editor.load({ file: "stock.py", line: 23, column: 1 });
    const progress = editor.notification(BYTES);
    await expect(progress).toBeVisible({ timeout: BEGUN_WITHIN_MS });
    await progress.getByRole("button", { name: "Cancel" }).click();

    const cancelled = editor.notification(/cancelled/i);
    await expect(cancelled).toBeVisible();
    await expect(editor.status).toContainText(/unavailable/i);
    await cancelled.getByRole("button", { name: "Try again" }).click();
    await expect(editor.status).toContainText(/preparing/i);
  });
});
