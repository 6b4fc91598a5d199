// Ghost text is there soon, stays while it is typed along, and is indented as the file is.
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { ExplanationPage } from "./explanation";
import { ANY_SUGGESTION, expect, test } from "./window";

test.use({ settings: ANY_SUGGESTION });

/** Ten times what it should take: other work on the machine must not fail the test. */
const PAINTED_WITHIN_MS = 1_500;

test("ghost text is on the screen soon after the model's answer", async ({ editor, page }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  const stop = await editor.watch();
  await page.keyboard.insertText("def count_items(item");
  await editor.type("s");
  await editor.untilSuggestion();
  const frames = await stop();
  const shown = frames.findLast(
    ({ ghost }, index) => ghost !== "" && (frames[index - 1]?.ghost ?? "") === "",
  );

  const shownAtMs = shown?.atMs ?? Number.NaN;

  const answers = await (await ExplanationPage.open(editor)).answeredAtMs();
  const before = answers.filter((answeredAtMs) => answeredAtMs <= shownAtMs);
  expect(before).not.toEqual([]);
  const delayMs = Math.round(shownAtMs - Math.max(...before));
  process.stdout.write(`      painted ${delayMs} ms after the answer\n`);
  expect(delayMs).toBeLessThan(PAINTED_WITHIN_MS);
});

test("what is typed along a suggestion does not make it flicker", async ({ editor }) => {
  await editor.load({ file: "stock.py", line: 23, column: 1 });
  await editor.untilReady();
  await editor.type("total = 0");
  await editor.press("Enter");
  await editor.type("for item in items:");
  await editor.press("Enter");
  const { ahead, text } = await editor.untilSuggestion();
  const typed = ahead.slice(0, 10);
  expect(typed.length).toBeGreaterThanOrEqual(5);

  const stop = await editor.watch();
  await editor.type(typed);
  // For as long as the editor takes to ask again, and the sidecar to answer.
  await editor.page.waitForTimeout(500);
  const frames = await stop();
  // Not one for each key: a busy machine paints several of them at once.
  expect(frames.length).toBeGreaterThan(1);
  expect(new Set(frames.map((frame) => frame.text))).toEqual(new Set([text]));
});

test.describe("in a file that is indented", () => {
  const lines = [
    "class Stock:",
    ">def __init__(self):",
    ">>self.items = []",
    "",
    ">def add(self, item):",
    ">>self.items.append(item)",
    "",
  ];

  for (const [name, unit] of [
    ["with tabs", "\t"],
    ["with two spaces", "  "],
    ["with four spaces", "    "],
  ] as const) {
    test(`${name}, so is a block that is suggested`, async ({ editor, files }) => {
      const before = lines.join("\n").replaceAll(">", unit);
      await writeFile(path.join(files.workspace, "indented.py"), before);
      await editor.load({ file: "indented.py", line: 7, column: 1 });
      await editor.untilReady();
      await editor.type("def total_price(stock):");
      await editor.press("Enter");
      await editor.type("total = 0");
      await editor.press("Enter");
      await editor.type("for item in stock.items:");
      await editor.press("Enter");
      await editor.untilSuggestion();
      await editor.press("Tab");
      await expect.poll(() => editor.suggestion()).toBeUndefined();
      await editor.press("Control+s");

      const file = path.join(files.workspace, "indented.py");
      const written = async () => {
        const text = await readFile(file, "utf8");
        return text.slice(text.indexOf("for item in stock.items:")).split("\n").slice(1);
      };
      await expect.poll(async () => (await written())[0]).toMatch(new RegExp(`^(?:${unit}){2}\\S`));
      for (const line of await written()) {
        expect(/^\s*/.exec(line)?.[0].replaceAll(unit, "")).toBe("");
      }
    });
  }
});
