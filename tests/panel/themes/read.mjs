// Reads the theme variables that the real editor gives to a webview, into the files beside this
// one: `node tests/panel/themes/read.mjs`. To be run again when the editor is updated.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { chromium } from "@playwright/test";

import { installCodeServer, startCodeServer } from "../../../tools/code-server.mjs";
import { installBrowser } from "../../vscode/browser.mjs";

const themes = {
  dark: "Default Dark Modern",
  light: "Default Light Modern",
  "high-contrast": "Default High Contrast",
  "high-contrast-light": "Default High Contrast Light",
};

/** Opens the preview of a Markdown file, which is a webview, and reads what it was given. */
async function readTheme(browser, { folder, theme }) {
  const workspace = path.join(folder, "workspace");
  const userDataDir = path.join(folder, "profile");
  await mkdir(workspace, { recursive: true });
  await mkdir(path.join(userDataDir, "User"), { recursive: true });
  await writeFile(path.join(workspace, "page.md"), "# A page\n");
  const settings = {
    "workbench.colorTheme": theme,
    "window.autoDetectColorScheme": false,
    "window.autoDetectHighContrast": false,
    "workbench.startupEditor": "none",
    "workbench.editorAssociations": { "*.md": "vscode.markdown.preview.editor" },
  };
  await writeFile(path.join(userDataDir, "User", "settings.json"), JSON.stringify(settings));
  const extensionsDir = path.join(folder, "extensions");
  const server = await startCodeServer({ workspace, userDataDir, extensionsDir });
  try {
    const page = await browser.newPage();
    const file = `vscode-remote://127.0.0.1:${server.port}${path.join(workspace, "page.md")}`;
    const payload = JSON.stringify([["openFile", file]]);
    await page.goto(`${server.url}&payload=${encodeURIComponent(payload)}`);
    const document = page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
    await document.locator("h1").waitFor({ timeout: 60_000 });
    const read = await document.locator("body").evaluate((body) => ({
      classes: [...body.classList].filter((name) => name.startsWith("vscode-")),
      themeId: body.dataset.vscodeThemeId,
      // What the editor puts before the page's own style.
      style: body.ownerDocument.getElementById("_defaultStyles")?.textContent ?? "",
      variables: Object.fromEntries(
        [...body.ownerDocument.documentElement.style]
          .filter((name) => name.startsWith("--"))
          .map((name) => [name, body.ownerDocument.documentElement.style.getPropertyValue(name)]),
      ),
    }));
    await page.close();
    return read;
  } finally {
    await server.stop();
  }
}

await installCodeServer();
const browser = await chromium.launch({ ...(await installBrowser()), args: ["--no-sandbox"] });
const folder = await mkdtemp(path.join(tmpdir(), "phi-themes-"));
try {
  for (const [name, theme] of Object.entries(themes)) {
    const read = await readTheme(browser, { folder: path.join(folder, name), theme });
    const file = path.join(import.meta.dirname, `${name}.json`);
    await writeFile(file, `${JSON.stringify(read, undefined, 2)}\n`);
  }
} finally {
  await browser.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}
