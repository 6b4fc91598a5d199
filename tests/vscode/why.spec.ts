// "Why No Suggestion?", on the page and in the status bar.
import { violations } from "./axe";
import { ExplanationPage } from "./explanation";
import { ANY_SUGGESTION, expect, test } from "./window";

// What was computed ahead is told without its prompt.
test.use({ settings: { ...ANY_SUGGESTION, "phiSidecar.completion.lookAhead": false } });

test.beforeEach(async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
});

test("what was asked, answered and taken stands on one page", { tag: "@picture" }, async ({
  editor,
  picture,
}) => {
  const page = await ExplanationPage.open(editor);
  await expect(page.content.locator(".empty")).toContainText("Nothing was asked yet");
  await editor.tab("stock.py").click();
  await editor.focusText();

  await editor.type("def count_items(items: list[Item]) -> int:");
  await editor.press("Enter");
  const { ghost } = await editor.untilSuggestion();
  await editor.press("Control+ArrowRight");
  await expect
    .poll(async () => (await editor.suggestion())?.ghost.length)
    .toBeLessThan(ghost.length);

  await editor.tab("Phi: Why No Suggestion?").click();
  await page.lookAgain();
  const entry = page.suggested.filter({ hasText: /accepted in part/i }).first();
  await expect(entry).toContainText("stock.py:24:5");
  if ((await entry.getAttribute("open")) === null) {
    await entry.locator("> summary").click();
  }
  await expect(entry).toContainText(/\d+ tokens?, \d+ % of them reused/);
  await expect(entry).toContainText("Reading the prompt");
  await expect(entry.locator("pre").filter({ hasText: "def total_value" })).toBeHidden();
  await picture("why-no-suggestion");
  await entry.getByText("What the model was asked").click();
  await expect(entry.locator("pre").filter({ hasText: "def total_value" })).toBeVisible();
  await picture("why-no-suggestion-prompt");
  // The page itself may run no script, and so not axe.
  const copy = await editor.page.context().newPage();
  await copy.setContent(await page.html());
  expect(await violations(copy.mainFrame())).toEqual([]);
});

test("why there is none stands there too, and in the status bar's hover", async ({ editor }) => {
  await editor.press("Control+Home");
  await editor.press("ArrowDown", "ArrowDown");
  await editor.press("End", "ArrowLeft", "ArrowLeft");
  await editor.type("x");
  await editor.expectNoSuggestion({ forMs: 1_000 });

  await editor.status.hover();
  const hover = editor.page.locator(".workbench-hover");
  await expect(hover).toContainText(/No suggestion: .+ · Why\?/);
  await hover.getByRole("link", { name: "Why?" }).click();
  const page = await ExplanationPage.opened(editor);
  await expect(page.content.locator(".entry.no").first()).toContainText(
    "Not a place to suggest at",
  );
});
