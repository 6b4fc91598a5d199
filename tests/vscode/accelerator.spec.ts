import { Editor } from "./editor";
import { running } from "./processes";
import { ANY_SUGGESTION, expect, test } from "./window";

test.use({ settings: ANY_SUGGESTION });

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

test.describe("beside the one that answers", () => {
  test.use({ accelerator: "echo/echo" });

  test("the accelerators are measured while one types, and the fastest is switched to", async ({
    editor,
  }) => {
    await editor.load({ file: "stock.py", line: 23, column: 1 });
    await editor.untilReady({ accelerator: "Echo" });

    await editor.command("Phi: Measure Accelerators");
    const progress = editor.notification(/measuring accelerators/);
    await expect(progress).toContainText(/CPU \(OpenVINO\) \(\d of \d\)/);
    await expect(progress.getByRole("button", { name: "Cancel" })).toBeVisible();
    await editor.focusText();
    await editor.type("def count_items(items");
    await editor.untilSuggestion();
    await editor.untilReady({ accelerator: "Echo" });

    const verdict = editor.notification(/CPU \(OpenVINO\) [\d.]+ tokens\/s/);
    await expect(verdict).toBeVisible({ timeout: 60_000 });
    await expect(progress).toHaveCount(0);
    await verdict.getByRole("button", { name: "Details" }).click();
    const fastest = editor.rows.first();
    await expect(fastest).toContainText(/^CPU \(OpenVINO\).*[\d.]+ tokens\/s · best here/);
    await expect(fastest).toContainText(/first word \d+\.\d s after a prompt of \d+ tokens/);
    await expect(editor.rows.filter({ hasText: "not measured" }).first()).toBeVisible();
    await fastest.click();
    await editor.untilReady();
  });
});

test("one that answers already is not switched to again", async ({ editor, sandbox }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  const [before] = await running("worker", sandbox.home);
  await editor.command("Phi: Switch Accelerator");
  await editor.choose(/CPU \(OpenVINO\)/);
  await expect(editor.page.locator(".statusbar")).toContainText("Already on CPU (OpenVINO)");
  await expect(editor.notification(/switching to/)).toHaveCount(0);
  await editor.untilReady();
  expect((await running("worker", sandbox.home)).map(({ pid }) => pid)).toEqual([before?.pid]);
});

test("all there is to say of a line can be read without a mouse", async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await editor.command("Phi: Switch Accelerator");
  await expect(editor.rows.first()).toContainText(/^CPU \(OpenVINO\)active · recommended/);
  // Back to the first of the title's buttons, and on to the next.
  await editor.press("Shift+Tab", "ArrowRight");
  await expect(
    editor.page.getByRole("button", { name: "Tell more of the marked accelerator" }),
  ).toBeFocused();
  await editor.press("Enter");
  await expect(editor.notifications.first()).toContainText(/Recommended: .*\.$/);
  await expect(editor.rows.first()).toBeVisible();
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
