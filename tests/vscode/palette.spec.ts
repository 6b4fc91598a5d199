import { ANY_SUGGESTION, expect, test } from "./window";

test.use({ settings: ANY_SUGGESTION });

test.beforeEach(async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
});

test("snoozed completions keep quiet, say until when, and come back when asked", async ({
  editor,
}) => {
  await editor.command("Phi: Snooze Completions");
  await expect(editor.rows).toHaveCount(3);
  await editor.choose("15 minutes");
  await expect(editor.status).toContainText(/snoozed until \d/);
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.expectNoSuggestion();

  await editor.command("Phi: End Snooze");
  await editor.untilReady();
  await editor.focusText();
  await editor.type(":");
  await editor.untilSuggestion();
});

test("completions are off for this language alone, and on again", async ({ editor }) => {
  await editor.command("Phi: Toggle Completions for This Language");
  await expect(editor.status.locator(".codicon-circle-slash")).toBeVisible();
  await editor.focusText();
  await editor.type("def count_items(items");
  await editor.expectNoSuggestion();

  await editor.changeLanguage("TypeScript");
  await expect(editor.status.locator(".codicon-sparkle")).toBeVisible();
  await editor.changeLanguage("Python");
  await expect(editor.status.locator(".codicon-circle-slash")).toBeVisible();

  await editor.command("Phi: Toggle Completions for This Language");
  await expect(editor.status.locator(".codicon-sparkle")).toBeVisible();
  await editor.focusText();
  await editor.type(":");
  await editor.untilSuggestion();
});

test("what this PC has is shown as a document that nobody can change", async ({ editor }) => {
  await editor.command("Phi: Show What This PC Has");
  const text = editor.page.locator(".editor-instance .view-lines").last();
  await expect(editor.page.locator(".tab.active")).toContainText(/this PC/);
  await expect(text).toContainText(/Phi.Sidecar/);
  await expect(text).toContainText(/CPU/);
  await text.click();
  await editor.type("zebra");
  await expect(editor.page.locator(".monaco-editor-overlaymessage")).toContainText(/read-only/);
  await expect(text).not.toContainText("zebra");
});

test("the settings are opened", async ({ editor }) => {
  await editor.command("Phi: Open Settings");
  await expect(editor.page.locator(".settings-editor")).toContainText("Completion: Enabled");
});
