import { writeFile } from "node:fs/promises";
import path from "node:path";

import { ANY_SUGGESTION, expect, test } from "./window";

const END_OF_FILE = { file: "stock.py", line: 23, column: 1 };

test.use({ settings: ANY_SUGGESTION });

test.beforeEach(async ({ editor }) => {
  await editor.load(END_OF_FILE);
  await editor.untilReady();
});

test("what is typed of a suggestion leaves the rest of it standing", async ({ editor }) => {
  await editor.type("def count_items(items");
  const { ghost, text } = await editor.untilSuggestion();
  for (const [index, character] of [...ghost.slice(0, 3)].entries()) {
    await editor.type(character);
    await expect
      .poll(() => editor.suggestion())
      .toMatchObject({ ghost: ghost.slice(index + 1), text });
  }
});

test("Escape dismisses a suggestion and leaves the file alone", async ({ editor }) => {
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
  await editor.press("Escape");
  await expect.poll(() => editor.suggestion()).toBeUndefined();
  await editor.expectNoSuggestion({ forMs: 1_000 });
  await editor.save("stock.py", "\n\ndef count_items(items)");
});

test.describe("where the model is quick", () => {
  test.use({ knownSpeed: 60 });

  test("a block that was opened gets several lines, which Tab writes into the file", {
    tag: "@picture",
  }, async ({ editor, page, picture }) => {
    // At once: each key more would be one more chance to measure how busy the machine is.
    await page.keyboard.insertText("def count_items(items: list[Item]) -> int:");
    await editor.press("Enter");
    const { text } = await editor.untilSuggestion({ lines: 2 });
    await picture("ghost-text-block");
    await editor.press("Tab");
    await editor.save("stock.py", `def count_items(items: list[Item]) -> int:\n${text}`);
  });
});

test.describe("where a suggestion takes longer than the editor waits for it", () => {
  // After a letter of a word that is 750 ms.
  const settings = { ...ANY_SUGGESTION, "phiSidecar.completion.pauseMs": 1_500 };
  test.use({ settings });

  test("it is shown when it comes", async ({ editor }) => {
    await editor.type("def count_items(items");
    const { text } = await editor.untilSuggestion();
    await editor.press("Tab");
    await editor.save("stock.py", text);
  });

  test.describe("with the editor's own settings", () => {
    test.use({ quiet: false });

    test("it is there when the list that the editor opened instead is closed", async ({
      editor,
    }) => {
      await editor.type("def count_items(items");
      await expect(editor.list).toBeVisible();
      await editor.expectNoSuggestion();
      await editor.press("Escape");
      await expect(editor.list).toBeHidden();
      const { text } = await editor.untilSuggestion();
      await editor.press("Tab");
      await editor.save("stock.py", text);
    });
  });
});

test.describe("with the editor's own settings", () => {
  test.use({ quiet: false });

  test("a word of a suggestion is typed without its list, and Tab takes the rest", async ({
    editor,
  }) => {
    await editor.type("def count_items(");
    const { ghost, text } = await editor.untilSuggestion();
    expect(ghost).toMatch(/^\w{3}/);
    await editor.type(ghost.slice(0, 3));
    await expect.poll(() => editor.suggestion()).toMatchObject({ ghost: ghost.slice(3), text });
    await expect(editor.list).toBeHidden();
    await editor.press("Tab");
    await editor.save("stock.py", text);
  });
});

test.describe("with suggestions in every language", () => {
  const languages = { plaintext: true, dotenv: true };
  test.use({ settings: { ...ANY_SUGGESTION, "phiSidecar.completion.languages": languages } });

  test("a file of secrets gets none, where one of another name does", async ({ editor, files }) => {
    const text = "DATABASE_HOST=localhost\nDATABASE_PORT=5432\n";
    for (const name of ["settings.txt", ".env"]) {
      await writeFile(path.join(files.workspace, name), text);
    }
    await editor.load({ file: "settings.txt", line: 3, column: 1 });
    await editor.untilReady();
    await editor.type("DATABASE_USER=");
    await editor.untilSuggestion();

    await editor.load({ file: ".env", line: 3, column: 1 });
    await editor.untilReady();
    await editor.type("DATABASE_USER=");
    await editor.expectNoSuggestion();
  });
});

test("completions are off and on again by one command", async ({ editor }) => {
  await editor.command("Phi: Toggle Completions");
  await expect(editor.status.locator(".codicon-circle-slash")).toBeVisible();
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.expectNoSuggestion();

  await editor.command("Phi: Toggle Completions");
  await expect(editor.status.locator(".codicon-sparkle")).toBeVisible();
  await editor.focusText();
  await editor.type(":");
  await editor.untilSuggestion();
});
