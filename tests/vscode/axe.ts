// What axe finds wrong with a page of the product: for screen readers, keyboards and weak eyes.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

import type { Frame } from "@playwright/test";
import type { AxeResults } from "axe-core";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Returns a line for each rule that is broken, with the elements that break it. */
export async function violations(page: Frame): Promise<string[]> {
  // Given by the debugger, because the page's own policy lets nothing of it in.
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } };
    const { violations: found } = await axe.run();
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join()}`);
  });
}
