import { rm } from "node:fs/promises";

import { testWithHub } from "./hubWindow";
import { expectModel, modelFolder } from "./modelSteps";
import { ANY_SUGGESTION, expect } from "./window";

const MODEL = "phi-3-mini-4k-instruct";
/** Nobody types for ten seconds before it comes. */
const OFFERED_WITHIN_MS = 25_000;
const FETCHED_WITHIN_MS = 60_000;

const test = testWithHub("openvino-int4");

test.use({ settings: ANY_SUGGESTION });

test.afterEach(async ({ sandbox }) => {
  // The next scenario begins without it.
  await rm(modelFolder(sandbox, MODEL), { recursive: true, force: true });
});

test("a better model is offered once a suggestion was taken, fetched, and switched to", {
  tag: "@picture",
}, async ({ editor, chat, picture }) => {
  test.setTimeout(180_000);
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await chat.open();
  const note = chat.frame.locator(".starter-note");
  await expect(note).toContainText(/Get Phi-3 mini \([\d.]+ GB\)/);
  await editor.focusText();
  await editor.type("def count_items(");
  await editor.untilSuggestion();
  await editor.press("Tab");

  const offer = editor.notification(/Phi-3 mini is more able than the starter: [\d.]+ GB/);
  await expect(offer).toBeVisible({ timeout: OFFERED_WITHIN_MS });
  await picture("better-model");
  await offer.getByRole("button", { name: "Get Phi-3 mini" }).click();

  const progress = editor.notification(/switching to Phi-3 mini 4k instruct, int4/);
  await expect(progress).toContainText(/\d+ of \d+ MB/);
  await expect(note).toContainText("Phi-3 mini is being fetched.");
  await expect(progress).toHaveCount(0, { timeout: FETCHED_WITHIN_MS });
  await expectModel(editor, "Phi-3 mini 4k instruct");
  await expect(note).toHaveCount(0);
});
