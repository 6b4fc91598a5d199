// A part of a suggestion is taken, and the rest stays.
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";

import { ANY_SUGGESTION, expect, test } from "./window";

// Else a busy machine gets one line only, which leaves nothing to take a part of.
test.use({ settings: ANY_SUGGESTION, knownSpeed: 60 });

/** The editor has no key of its own for it. */
const NEXT_LINE = { key: "ctrl+alt+l", command: "editor.action.inlineSuggest.acceptNextLine" };

test.beforeEach(async ({ editor, files }) => {
  const folder = path.join(files.userDataDir, "User");
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "keybindings.json"), JSON.stringify([NEXT_LINE]));
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  // At once: each key more would be one more chance to measure how busy the machine is.
  await editor.page.keyboard.insertText("def count_items(items: list[Item]) -> int:");
  await editor.press("Enter");
});

test("word by word, the rest never leaves the screen", async ({ editor }) => {
  const { text } = await editor.untilSuggestion();
  const stop = await editor.watch();
  for (const _word of [1, 2, 3]) {
    const before = await editor.suggestion();
    await editor.press("Control+ArrowRight");
    await expect
      .poll(async () => (await editor.suggestion())?.ghost.length)
      .toBeLessThan(before?.ghost.length ?? 0);
  }
  // For as long as the editor takes to ask again, and the sidecar to answer.
  await editor.page.waitForTimeout(500);
  const frames = await stop();
  // Not one for each word: a busy machine paints two of them at once.
  expect(frames.length).toBeGreaterThan(1);
  expect(new Set(frames.map((frame) => frame.text))).toEqual(new Set([text]));

  await editor.press("Tab");
  await editor.save("stock.py", `def count_items(items: list[Item]) -> int:\n${text}`);
});

test("by line, and then whole", async ({ editor }) => {
  const { text, lines } = await editor.untilSuggestion({ lines: 2 });
  const stop = await editor.watch();
  await editor.press("Control+Alt+l");
  await expect.poll(async () => (await editor.suggestion())?.lines).toBe(lines - 1);
  await editor.page.waitForTimeout(500);
  const frames = await stop();
  expect(frames.map((frame) => frame.ghost)).not.toContain("");

  // At the beginning of a line Tab indents, as it always does; what was suggested goes on there.
  await editor.press("Tab");
  await expect.poll(async () => (await editor.suggestion())?.ghost).toMatch(/^\S/);
  await editor.press("Tab");
  await editor.save("stock.py", `def count_items(items: list[Item]) -> int:\n${text}`);
});
