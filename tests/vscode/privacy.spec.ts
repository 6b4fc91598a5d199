import { readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { logFolder } from "./sandbox";
import { ANY_SUGGESTION, expect, test } from "./window";

const MARKERS = ["zebra_marker_in_document", "walrus_marker_typed"];

/** What came over the network and is not written again: the runtime and the weights. */
const DOWNLOADED = /\/(site-packages|models)\//;

test.use({ settings: { ...ANY_SUGGESTION, "phiSidecar.logLevel": "debug" } });

test("the log opens, tells something, and holds nothing of the document", async ({
  editor,
  files,
  sandbox,
}) => {
  await writeFile(
    path.join(files.workspace, "plan.py"),
    '"""A file whose text must stay in it."""\n\nzebra_marker_in_document = 7\n\n\n',
  );
  await editor.load({ file: "plan.py", line: 6, column: 1 });
  await editor.untilReady();
  await editor.type("def walrus_marker_typed(count");
  await editor.untilSuggestion();
  await editor.press("Tab");

  await editor.command("Phi: Show Log");
  const output = editor.page.locator(".output-view .view-lines");
  await expect(output).toContainText(/sidecar/i);

  const logs = (await logFolder(files)) ?? "";
  const written = [...(await filesBelow(logs)), ...(await filesBelow(sandbox.home))];
  expect(written.some((file) => file.endsWith("Phi Sidecar.log"))).toBe(true);
  const telling = [];
  for (const file of written) {
    const text = await readFile(file, "latin1");
    if (MARKERS.some((marker) => text.includes(marker))) {
      telling.push(file);
    }
  }
  expect(telling).toEqual([]);
});

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !DOWNLOADED.test(file));
}
