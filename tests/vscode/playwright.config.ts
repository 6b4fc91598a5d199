import process from "node:process";

import { defineConfig } from "@playwright/test";

import { browserArguments, installBrowser } from "./browser.mjs";
import { pictures } from "./variables";

const FETCHING = ["runtimes.spec.ts", "models.spec.ts"];

// `run.mjs` starts this and tells the rest in the environment: see `variables.ts`.
export default defineConfig({
  testDir: ".",
  outputDir: "results/latest",
  globalSetup: "./global-setup.ts",
  // They share one computer, as a person's windows do; and two models and two editors on two cores
  // are slower than any person would wait for.
  workers: 1,
  retries: 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: [["list"]],
  projects: [
    { name: "first run", testMatch: "first-run.spec.ts" },
    // First, because it takes longest.
    { name: "fetching", testMatch: FETCHING, dependencies: ["first run"] },
    {
      name: "day to day",
      testIgnore: ["first-run.spec.ts", ...FETCHING],
      dependencies: ["first run"],
    },
  ],
  use: {
    browserName: "chromium",
    viewport: { width: 1120, height: 680 },
    deviceScaleFactor: pictures === undefined ? 1 : 1.5,
    colorScheme: pictures?.colours ?? "light",
    contextOptions: { reducedMotion: "reduce" },
    launchOptions: { ...(await installBrowser()), args: browserArguments },
  },
});
