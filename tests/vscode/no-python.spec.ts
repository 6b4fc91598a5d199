import { expect, test } from "./window";

const NOWHERE = "/nowhere/bin/python3";

test.use({ settings: { "phiSidecar.python": NOWHERE } });

test("a Python that is not there is said, and one is found once the setting is emptied", {
  tag: "@picture",
}, async ({ editor, picture }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  const message = editor.notification(NOWHERE);
  await expect(message).toContainText("empty the setting");
  await expect(editor.status).toHaveClass(/error-kind/);
  await picture("no-python");

  await message.getByRole("button", { name: "Open Settings" }).click();
  const settings = editor.page.locator(".settings-editor");
  await expect(async () => {
    // The list is drawn anew a while after it was opened, and forgets what was typed.
    await settings.locator(".setting-item-control input").fill("");
    await expect(editor.status).not.toHaveClass(/error-kind/, { timeout: 3_000 });
  }).toPass({ timeout: 20_000 });
  await editor.untilReady();
});
