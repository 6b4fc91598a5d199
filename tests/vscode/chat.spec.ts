import { writeFile } from "node:fs/promises";
import path from "node:path";

import { killAll, running } from "./processes";
import { expect, test } from "./window";

/** Without a system prompt that asks for brevity the starter goes on about this for a minute. */
const STORY = "Write a long story about a ship and the sea, at least a thousand words.";

test.use({
  settings: { "phiSidecar.chat.systemPrompt": "", "phiSidecar.chat.maxNewTokens": 4_000 },
});

test.beforeEach(async ({ editor, chat }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await chat.open();
});

test("an answer is streamed, and tells what answered and how fast", async ({ chat }) => {
  await chat.ask("Write a Python function that adds two numbers.");
  await chat.untilStreaming();
  const early = (await chat.text()).length;
  await chat.untilAnswered();
  expect((await chat.text()).length).toBeGreaterThan(early);
  await expect(chat.facts).toContainText(/starter/);
  await expect(chat.facts).toContainText(/CPU/);
  await expect(chat.facts).toContainText(/first token \d+\.\d s/);
  await expect(chat.facts).toContainText(/\d+ tokens\/s/);
});

test("the status bar tells the speed while an answer is written", async ({ chat, editor }) => {
  await chat.ask(STORY);
  await chat.untilStreaming();
  await expect(editor.status).toHaveText(/CPU · \d+(\.\d)? tok\/s/);
  await expect(editor.status.locator(".codicon-loading, .codicon-modifier-spin")).toBeVisible();
  await expect(chat.stop).toBeVisible();
  await chat.stop.click();
  await chat.untilAnswered();
});

test("a stopped answer keeps what came", async ({ chat }) => {
  await chat.ask(STORY);
  await chat.untilStreaming({ characters: 80 });
  const seen = await chat.text();
  await chat.question.press("Escape");
  await chat.untilAnswered({ timeoutMs: 5_000 });
  // Where lines end in between is the layout's.
  const words = (text: string) => text.replaceAll(/\s+/g, " ");
  // It is drawn once more when it ends.
  await expect.poll(async () => words(await chat.text())).toContain(words(seen).slice(0, 60));
  await expect(chat.turns.last()).toContainText("You stopped this answer");
});

test("an answer is regenerated, and the one before is still there", async ({ chat }) => {
  await chat.ask("Name a colour and say what it reminds you of.");
  await chat.untilAnswered();
  const first = await chat.text();
  await chat.button(/^Regenerate/).click();
  await expect(chat.turns.last()).toContainText("2/2");
  await chat.untilAnswered();
  await chat.button("Show the answer before").click();
  await expect(chat.turns.last()).toContainText("1/2");
  await expect.poll(() => chat.text()).toBe(first);
});

test("a sidecar that is killed leaves what came of the answer, and says so", async ({
  chat,
  editor,
  sandbox,
}) => {
  await chat.ask(STORY);
  await chat.untilStreaming({ characters: 80 });
  const seen = await chat.text();
  killAll(await running("sidecar", sandbox.home));
  await expect(chat.turns.last()).toContainText(/sidecar/i);
  await expect.poll(() => chat.text()).toContain(seen.slice(0, 60));

  await editor.untilReady();
  await chat.button("Try again").click();
  await chat.untilStreaming();
  await chat.stop.click();
  await chat.untilAnswered();
});

test("what is selected is explained from the palette", async ({ chat, editor }) => {
  await editor.focusText();
  await editor.press("Control+Home", "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown");
  await editor.command("Phi: Explain Selection");
  await expect(chat.turns.last()).toContainText("/explain");
  await expect(chat.turns.last()).toContainText(/stock\.py:1-3.*\d+ tokens/s);
  await chat.untilAnswered();
  expect((await chat.text()).length).toBeGreaterThan(20);
});

test("the file is attached as a chip with its tokens, and removed again", async ({ chat }) => {
  await chat.button(/^File: Attach/).click();
  const chip = chat.frame.locator("phi-composer .chip");
  await expect(chip).toContainText(/stock\.py/);
  await expect(chip).toContainText(/\d+ tokens/);
  await chat.button("Remove stock.py").click();
  await expect(chip).toHaveCount(0);
});

test("a file of secrets is not attached, and why is said", async ({ chat, editor, files }) => {
  await writeFile(path.join(files.workspace, ".env"), "PASSWORD=hunter2\n");
  await editor.load({ file: ".env", line: 1, column: 1 });
  await editor.untilReady();
  await chat.open();
  await chat.button(/^File: Attach/).click();
  await expect(chat.frame.locator(".notice")).toContainText(/\.env/);
  await expect(chat.frame.locator("phi-composer .chip")).toHaveCount(0);
});

test("an answer goes on while the accelerator is switched to echo and back", async ({
  chat,
  editor,
}) => {
  const untilItGoesOn = async () => {
    const before = (await chat.text()).length;
    await expect.poll(async () => (await chat.text()).length).toBeGreaterThan(before);
    await expect(chat.stop).toBeVisible();
  };
  await chat.ask(STORY);
  await chat.untilStreaming();
  await editor.switchTo(/Echo/, { accelerator: "Echo" });
  await untilItGoesOn();
  await editor.switchTo(/CPU \(OpenVINO\)/, { accelerator: "CPU" });
  await untilItGoesOn();
  await chat.question.press("Escape");
  await chat.untilAnswered();
  await expect(chat.facts).toContainText("CPU");
});

test("a conversation is carried on by another accelerator", async ({ chat, editor }) => {
  await chat.ask("Write a haiku.");
  await chat.untilAnswered();
  await editor.switchTo(/Echo/, { accelerator: "Echo" });
  await chat.ask("Is anybody there?");
  await chat.untilAnswered({ turns: 2 });
  await expect.poll(() => chat.text()).toBe("You said: Is anybody there?");
  await expect(chat.facts).toContainText("Echo");

  await editor.switchTo(/CPU \(OpenVINO\)/, { accelerator: "CPU" });
  await chat.ask("Write another one.");
  await chat.untilAnswered({ turns: 3 });
  await expect(chat.facts).toContainText("CPU");
});
