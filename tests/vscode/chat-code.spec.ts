// What is done with the code in an answer. The echo accelerator repeats the question, so that the
// answer is known to the letter.
import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "./window";

const CODE = 'def total(items):\n    """Sum, with <b>, & and \\u00e9."""\n    return sum(items)';

test.use({ computer: "echo", accelerator: "echo/echo" });

test.beforeEach(async ({ editor, chat }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady({ accelerator: "Echo" });
  await chat.open();
  await chat.ask(`Here it is:\n\n\`\`\`python\n${CODE}\n\`\`\`\n`);
  await chat.untilAnswered();
});

test("code is highlighted, and inserted at the cursor as it stands", async ({
  chat,
  editor,
  files,
}) => {
  await expect(chat.answer.locator("pre span[class]").first()).toBeVisible();
  await chat.answer.hover();
  await chat.answer.getByRole("button", { name: "Insert at cursor" }).click();
  await expect
    .poll(async () => {
      await editor.press("Control+s");
      return readFile(path.join(files.workspace, "stock.py"), "utf8");
    })
    .toContain(CODE);
});

test("code becomes a new file of its language", async ({ chat, editor }) => {
  await chat.answer.getByRole("button", { name: /new file/i }).click();
  await expect(editor.page.locator(".tab.active")).toContainText("Untitled");
  await expect(editor.page.locator(".editor-instance .view-lines").last()).toContainText(
    "def total(items):",
  );
  await expect(
    editor.page.locator('.statusbar-item[id="status.editor.mode"]').first(),
  ).toContainText("Python");
});

test("code is copied as it stands", async ({ chat, editor, files }) => {
  await chat.answer.getByRole("button", { name: "Copy" }).click();
  await editor.focusText();
  await expect
    .poll(async () => {
      // By way of the extension the code is in the clipboard a moment after the click.
      await editor.press("Control+v");
      await editor.press("Control+s");
      return readFile(path.join(files.workspace, "stock.py"), "utf8");
    })
    .toContain(CODE);
});
