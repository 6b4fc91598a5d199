import { Editor } from "./editor";
import { expect, test } from "./window";

test("the accelerator is switched to echo and back", async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();

  await editor.command("Phi: Switch Accelerator");
  await expect(editor.rows.first()).toBeVisible();
  await editor.choose(/echo/i);
  await editor.untilReady({ accelerator: "Echo" });
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.untilSuggestion();

  await editor.command("Phi: Switch Accelerator");
  await editor.choose(/CPU/);
  await editor.untilReady();
  await editor.focusText();
  await editor.type(":");
  await editor.untilSuggestion();
});

test("the status bar tells the accelerator, the model and that it is the starter", {
  tag: "@picture",
}, async ({ editor, picture }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await editor.type("def count_items(items");
  await editor.untilSuggestion();
  await expect(editor.status).toHaveText(/CPU · \d+(\.\d)? tok\/s/);
  await editor.status.hover();
  const tooltip = editor.page.locator(".monaco-hover").filter({ hasText: "Phi Sidecar" });
  await expect(tooltip).toContainText("running on CPU");
  await expect(tooltip).toContainText("starter model");
  await picture("status");
});

test("another window follows a switch", async ({ editor, page, server, files }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  const second = new Editor(await page.context().newPage(), server, files.workspace);
  await second.load({ file: "stock.py", line: 23, column: 1 });
  await second.untilReady();
  await second.switchTo(/Echo/, { accelerator: "Echo" });
  await editor.untilReady({ accelerator: "Echo" });
  await editor.page.bringToFront();
  await editor.switchTo(/CPU \(OpenVINO\)/, { accelerator: "CPU" });
  await second.untilReady();
});

test("one that is not usable is not switched to, and why is said", async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await editor.command("Phi: Switch Accelerator");
  const gpu = editor.rows.filter({ hasText: /GPU/ }).first();
  await expect(gpu).toContainText(/GPU/);
  const reason = (
    await gpu
      .locator(".quick-input-list-separator, .quick-input-list-label-meta")
      .first()
      .innerText()
  ).trim();
  expect(reason).not.toBe("");
  await gpu.click();
  await expect(editor.notifications.first()).toContainText(reason.slice(0, 30));
  await editor.untilReady();
});

test("the active accelerator is marked, with its device and its measured speed", {
  tag: "@picture",
}, async ({ editor, chat, picture }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await chat.open();
  await chat.ask("Write a Python function that adds two numbers, with an example.");
  await chat.untilAnswered();
  await editor.status.click();
  const active = editor.rows.filter({ has: editor.page.locator(".codicon-check") });
  await expect(active).toHaveCount(1);
  await expect(active).toContainText("CPU (OpenVINO)");
  await expect(active).toContainText(/\d+ tokens\/s/);
  // Off the list, where it would bring up a tooltip.
  await editor.page.mouse.move(0, 0);
  await picture("switch-accelerator");
  await editor.press("Escape");
  await editor.untilReady();
});
