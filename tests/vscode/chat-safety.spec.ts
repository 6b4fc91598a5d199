// Hostile Markdown as an answer, in the real webview: the echo accelerator says it back.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { findHarm, watchForHarm } from "../panel/hostile/harm";
import { expect, test } from "./window";

const folder = path.join(import.meta.dirname, "../panel/hostile");
const corpus = readdirSync(folder).filter((file) => file.endsWith(".md"));

test.use({ computer: "echo", accelerator: "echo/echo" });

test.beforeEach(async ({ editor, chat }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady({ accelerator: "Echo" });
  await chat.open();
});

test("hostile answers run nothing, load nothing and open nothing", async ({
  chat,
  editor: { page, notifications },
}) => {
  test.setTimeout(300_000);
  const webview = await chat.webview();
  // The panel's own grammars, which its first code block of a language has it load.
  const own = await webview.evaluate(
    () => new URL("parts/", document.querySelector<HTMLScriptElement>("script[src]")?.src).href,
  );
  const seen: string[] = [];
  const { origin } = new URL(page.url());
  // The editor makes workers and icons of its own out of these; an answer's would be elements.
  const local = [origin, `blob:${origin}`, "data:", own];
  page.on("request", (request) => {
    if (!local.some((place) => request.url().startsWith(place))) {
      seen.push(`asked for ${request.url()}`);
    }
  });
  page.on("dialog", (dialog) => seen.push(`dialog: ${dialog.message()}`));
  page.context().on("page", (opened) => seen.push(`opened ${opened.url()}`));
  await webview.evaluate(watchForHarm);

  for (const [index, file] of corpus.entries()) {
    const text = readFileSync(path.join(folder, file), "utf8");
    // On lines of its own, for what says it back begins the first one.
    await chat.ask(`${file}\n\n${text}`);
    await chat.untilAnswered({ turns: index + 1 });
    await expect(chat.answer.locator(".phi-markdown")).toContainText(file);
    expect(await webview.evaluate(findHarm), file).toEqual([]);
  }

  expect(seen).toEqual([]);
  await expect(notifications).toHaveCount(0);
  await expect(page.locator(".monaco-dialog-box")).toHaveCount(0);
  await expect(page.locator(".tab")).toHaveCount(1);
});

test("a link is opened by a click alone, and the editor asks before", async ({
  chat,
  editor: { page },
}) => {
  await chat.ask(
    "See [the manual](https://example.invalid/manual) and [this](command:workbench.action.quit).",
  );
  await chat.untilAnswered();
  await expect(page.locator(".monaco-dialog-box")).toHaveCount(0);
  await expect(chat.answer.getByRole("link")).toHaveCount(1);
  await chat.answer.getByRole("link", { name: "the manual" }).click();
  const question = page.locator(".monaco-dialog-box");
  await expect(question).toContainText("https://example.invalid/manual");
  await question.getByRole("button", { name: "Cancel" }).click();
});
