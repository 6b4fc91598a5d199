import { cp, mkdir, readdir } from "node:fs/promises";
import path from "node:path";

import type { Editor } from "./editor";
import { testModels } from "./hub";
import { testWithHub } from "./hubWindow";
import { expectModel, modelFolder } from "./modelSteps";
import { ANY_SUGGESTION, expect } from "./window";

const PHI = /^Phi-3 mini 4k instruct/;
const STARTER = /^SmolLM2/;
/** Up to three models are loaded, and two of them fetched. */
const FETCHED_WITHIN_MS = 240_000;
const AMOUNT = /(\d+) of (\d+) MB/;

const test = testWithHub("openvino-int8", "openvino-int4");

test.use({ settings: ANY_SUGGESTION });

test.beforeEach(async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
});

test("a model is fetched in the quantization that was picked, resumed after a cancel, and removed", {
  tag: "@picture",
}, async ({ editor, chat, sandbox, picture }) => {
  test.setTimeout(FETCHED_WITHIN_MS);
  const phi = editor.rows.filter({ hasText: PHI });
  const starter = editor.rows.filter({ hasText: STARTER });

  await test.step("the list says what is here, what answers, and what fetching the rest takes", async () => {
    await editor.command("Phi: Choose Model");
    await expect(starter).toContainText(/\d+ MB on disk/);
    await expect(starter).toContainText("active (q4_1)");
    await expect(phi).toContainText(/[\d.]+ GB to download/);
    await expect(phi).toContainText(/int4 \([\d.]+ GB\), int8 \([\d.]+ GB\), fp16/);
    // Off the list and its field, which bring up tooltips.
    await editor.page.mouse.move(700, 560);
    await expect(editor.page.locator(".workbench-hover-container:visible")).toHaveCount(0);
    await picture("choose-model");
    await phi.click();
    await expect(editor.rows.filter({ hasText: "recommended" })).toHaveText(/^INT4/);
  });

  const progress = editor.notification(/switching to Phi-3 mini 4k instruct, int8/);
  const cancelledAt = await test.step("a cancel leaves the model that answered", async () => {
    await editor.choose("INT8");
    await expect(progress).toContainText(AMOUNT);
    await expect.poll(() => megabytes(progress.innerText())).toBeGreaterThan(20);
    const seen = await megabytes(progress.innerText());
    await progress.getByRole("button", { name: "Cancel" }).click();
    await expect(progress).toHaveCount(0);
    await editor.untilReady();
    await expectModel(editor, "SmolLM2");
    return seen;
  });

  await test.step("what came of it is kept, and the next attempt goes on from there", async () => {
    await editor.command("Phi: Choose Model");
    await phi.click();
    const int8 = editor.rows.filter({ hasText: /^INT8/ });
    const kept = /(\d+) MB of [\d.]+ GB are here already/.exec(await int8.innerText())?.[1];
    expect(Number(kept)).toBeGreaterThanOrEqual(cancelledAt);
    await int8.click();
    await expect(progress).toContainText(AMOUNT);
    // What is told first is how much there is to do.
    await expect.poll(() => megabytes(progress.innerText())).toBeGreaterThanOrEqual(cancelledAt);
    await expect(progress).toHaveCount(0, { timeout: 60_000 });
    await editor.untilReady();
    await chat.open();
    await chat.ask("Name a colour.");
    await expect(chat.answer).toContainText(/\S/);
    await chat.question.press("Escape");
    await chat.untilAnswered();
    await expect(chat.facts).toContainText("Phi-3 mini 4k instruct");
  });

  await test.step("another quantization is picked from the list of accelerators", async () => {
    await editor.command("Phi: Switch Accelerator");
    const active = editor.rows.filter({ hasText: /^CPU \(OpenVINO\)/ });
    await expect(active).toContainText("int8");
    await active.hover();
    await active.getByRole("button", { name: "Choose quantization" }).click();
    await expect(editor.rows.filter({ hasText: /^INT8/ })).toContainText("active");
    await editor.choose("INT4");
    const switching = editor.notification(/switching to Phi-3 mini 4k instruct, int4/);
    await expect(switching).toContainText(AMOUNT);
    await expect(switching).toHaveCount(0, { timeout: 60_000 });
    await editor.untilReady();
    await expectModel(editor, "int4");
  });

  await test.step("what answers cannot be removed, and all else can", async () => {
    const stored = () => readdir(modelFolder(sandbox, "phi-3-mini-4k-instruct"));
    await editor.command("Phi: Choose Model");
    await remove(editor, PHI);
    await expect(editor.rows).toHaveText([/^Remove int8 for OpenVINO.*frees \d+ MB/]);
    await editor.rows.click();
    await expect(phi).toContainText("Here: int4. Available: int8");
    await expect.poll(stored).not.toContain("openvino-int8");
    await expect(phi.getByRole("button", { name: "Remove…" })).toHaveCount(0);

    await starter.click();
    await editor.untilReady();
    await expectModel(editor, "SmolLM2");
    await editor.command("Phi: Choose Model");
    await remove(editor, PHI);
    await editor.choose(/^Remove int4 for OpenVINO/);
    await expect(phi).toContainText("GB to download");
    await expect.poll(stored).not.toContain("openvino-int4");
  });
});

test("a folder of one's own is imported, answers, and stays where it is when it is taken off the list", async ({
  editor,
  sandbox,
}) => {
  test.setTimeout(FETCHED_WITHIN_MS);
  const [model = ""] = await testModels(["phi3-layout/openvino-int4"]);
  const folder = path.join(sandbox.home, "models", "sea-shell");
  await mkdir(path.dirname(folder), { recursive: true });
  await cp(model, folder, { recursive: true });
  const imported = editor.rows.filter({ hasText: /^sea-shell/ });

  await test.step("a folder without a model is refused, and says why", async () => {
    await editor.command("Phi: Choose Model");
    await editor.choose("Import a model from a folder");
    await editor.takeFolder(path.dirname(folder), { folders: ["sea-shell"] });
    const refused = editor.notification("holds no model itself, but its folder sea-shell does");
    // The editor hides a fourth message within 800 ms, for which no person is quick enough.
    await editor.page.waitForTimeout(1_000);
    await refused.getByRole("button", { name: "Choose another" }).click();
  });

  await test.step("the right one is named after its folder, and taken at once", async () => {
    await editor.takeFolder(folder, { folders: [] });
    const taken = editor.notification("sea-shell is imported");
    await taken.getByRole("button", { name: "Switch to it" }).click();
    await expectModel(editor, "sea-shell");
    await editor.focusText();
    await editor.type("def count_items(items):");
    await editor.press("Enter");
    await editor.untilSuggestion();
  });

  await test.step("it is taken off the list, and its files stay", async () => {
    await editor.command("Phi: Choose Model");
    await expect(imported).toContainText("active (int4)");
    await editor.choose(STARTER);
    await expectModel(editor, "SmolLM2");
    await editor.command("Phi: Choose Model");
    await remove(editor, /^sea-shell/);
    await editor.choose("Take it off the list");
    await expect(editor.rows.filter({ hasText: STARTER })).toBeVisible();
    await expect(imported).toHaveCount(0);
    expect(await readdir(folder)).toEqual(await readdir(model));
  });
});

/** Takes the button of a line of the list that is open. */
async function remove(editor: Editor, row: RegExp): Promise<void> {
  const model = editor.rows.filter({ hasText: row });
  await model.hover();
  await model.getByRole("button", { name: "Remove…" }).click();
}

async function megabytes(text: Promise<string>): Promise<number> {
  return Number(AMOUNT.exec(await text)?.[1] ?? 0);
}
