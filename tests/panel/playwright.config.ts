import { defineConfig } from "@playwright/test";

import { inRoot } from "../../tools/layout.mjs";
import { browserArguments, installBrowser } from "../vscode/browser.mjs";

export default defineConfig({
  testDir: ".",
  outputDir: inRoot(".cache", "panel", "results"),
  // The bundle is made once per worker, and the machine may have two cores.
  workers: 1,
  retries: 0,
  timeout: 30_000,
  expect: { timeout: 5_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    viewport: { width: 320, height: 680 },
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { ...(await installBrowser()), args: browserArguments },
  },
});
