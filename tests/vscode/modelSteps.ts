// What scenarios about models have in common.
import path from "node:path";

import type { Editor } from "./editor";
import type { Sandbox } from "./sandbox";
import { expect } from "./window";

/** Waits until the status bar's tooltip names a model. */
export async function expectModel(editor: Editor, name: string): Promise<void> {
  await expect(editor.notification(/switching to/)).toHaveCount(0, { timeout: 60_000 });
  await expect(async () => {
    await editor.status.hover();
    const tooltip = editor.page.locator(".monaco-hover").filter({ hasText: "Phi Sidecar" });
    await expect(tooltip).toContainText(name, { timeout: 1_000 });
  }).toPass();
  await editor.page.mouse.move(0, 0);
  await editor.untilReady();
}

/** Where the files of a model lie. */
export const modelFolder = ({ home }: Sandbox, model: string) =>
  path.join(home, ".cache", "phi-sidecar", "models", model);
