import { expect, test } from "./window";

test("the accelerator is switched to echo and back", { tag: "@picture" }, async ({
  editor,
  picture,
}) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();

  await editor.command("Phi: Switch Accelerator");
  await expect(editor.rows.first()).toBeVisible();
  // Off the list, where it would bring up a tooltip.
  await editor.page.mouse.move(0, 0);
  await picture("switch-accelerator");
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
