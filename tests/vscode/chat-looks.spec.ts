// The panel in the themes of the real editor, for eyes, for keyboards and for screen readers.
import { readFile } from "node:fs/promises";
import path from "node:path";

import { violations } from "./axe";
import { expect, test } from "./window";

const END_OF_FILE = { file: "stock.py", line: 23, column: 1 };
const ANSWER = `## Totals

The **sum** of \`price\` times \`quantity\`, see [the manual](https://example.invalid):

1. go through the items
2. add up

| item | price |
|------|------:|
| tea  |   3.5 |

\`\`\`python
def total(items: list[Item]) -> float:
    """Return what everything is worth."""
    return sum(item.price * item.quantity for item in items)  # floats
\`\`\`

> Floats are not money.
`;

const themes = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  "high contrast": "Default High Contrast",
  "high contrast light": "Default High Contrast Light",
};

test.describe("with known answers", () => {
  test.use({ computer: "echo", accelerator: "echo/echo" });

  for (const [name, theme] of Object.entries(themes)) {
    test.describe(`in the ${name} theme`, () => {
      test.use({
        settings: { "workbench.colorTheme": theme, "window.autoDetectColorScheme": false },
      });

      test("axe finds nothing to complain of", async ({ editor, chat }, testInfo) => {
        await editor.load(END_OF_FILE);
        await editor.untilReady({ accelerator: "Echo" });
        await chat.open();
        const webview = await chat.webview();
        expect(await violations(webview)).toEqual([]);

        await chat.button(/^File: Attach/).click();
        await expect(chat.frame.locator("phi-composer .chip")).toHaveCount(1);
        await chat.ask(ANSWER);
        await chat.untilAnswered();
        await chat.question.fill("/");
        await expect(chat.frame.getByRole("option")).toHaveCount(4);
        await editor.page.screenshot({ path: testInfo.outputPath("panel.png") });
        expect(await violations(webview)).toEqual([]);
      });
    });
  }

  test("everything is done by the keyboard alone", async ({ editor, chat, files }) => {
    await editor.load(END_OF_FILE);
    await editor.untilReady({ accelerator: "Echo" });
    await editor.press("Control+Shift+Alt+P");
    await expect(chat.question).toBeFocused({ timeout: 30_000 });
    await editor.page.keyboard.type("/ex");
    await editor.press("Enter");
    await expect(chat.question).toHaveValue("/explain ");
    await editor.page.keyboard.type("please");
    await editor.press("Enter");
    await chat.untilAnswered();
    await expect(chat.turns.last()).toContainText("stock.py");
    await expect(chat.question).toBeFocused();

    // Back from the composer to the code of the answer, and on to its button.
    const insert = chat.answer.getByRole("button", { name: "Insert at cursor" }).last();
    await expect(async () => {
      await editor.press("Shift+Tab");
      await expect(insert).toBeFocused({ timeout: 200 });
    }).toPass({ timeout: 15_000 });
    await editor.press("Enter");
    // The keyboard is in the editor then, so that it can be saved at once.
    await expect
      .poll(async () => {
        await editor.press("Control+s");
        const text = await readFile(path.join(files.workspace, "stock.py"), "utf8");
        return text.split("class Item:").length;
      })
      .toBe(3);
  });
});

test("a question is answered and its code put into the file", { tag: "@picture" }, async ({
  editor,
  chat,
  picture,
  film,
}) => {
  await editor.load(END_OF_FILE);
  await editor.untilReady();
  await chat.open();
  await picture("chat-welcome");
  await film("chat", async () => {
    await chat.question.click();
    await editor.type("Write a Python function that returns the cheapest item in a list.");
    await editor.press("Enter");
    await chat.untilAnswered();
    await chat.answer.getByRole("button", { name: "Insert at cursor" }).first().click();
    await expect(editor.page.locator(".editor-instance .view-lines")).toContainText(
      /def.\w+.*def.total_value|def.total_value.*def.\w+/,
    );
  });
  await editor.press("Control+z");
  await picture("chat");
});
