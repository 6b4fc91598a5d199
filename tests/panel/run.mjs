// `npm run test:panel`: the chat panel in a browser, with a stand-in for the extension.
import process from "node:process";

import { installCodeServer } from "../../tools/code-server.mjs";
import { inRoot } from "../../tools/layout.mjs";
import { failWith, packageProgram, run } from "../../tools/processes.mjs";
import { installBrowser } from "../vscode/browser.mjs";

async function main() {
  const onStep = (step) => process.stdout.write(`${step}\n`);
  // The browser's package is unpacked by the Node that comes with it.
  await installCodeServer({ onStep });
  await installBrowser({ onStep });
  const { code } = await run(process.execPath, [
    packageProgram("@playwright", "test", "cli.js"),
    ...["test", "--config", inRoot("tests", "panel", "playwright.config.ts")],
    ...process.argv.slice(2),
  ]);
  process.exitCode = code;
}

await main().catch(failWith);
