// `npm start`: sets up what is missing, then does the main job once, or with --editor opens it in an
// editor.
import process from "node:process";

import { inRoot, venvProgram } from "./layout.mjs";
import { failWith, run } from "./processes.mjs";
import { prepareStarter, setUp } from "./setup.mjs";

const usage = `npm start                          lists the accelerators, completes code, answers a chat
npm start -- --editor              opens VS Code with the extension, or a browser editor where
                                   there is no 'code' command
npm start -- --editor --browser    the browser editor in any case
`;

async function start(options) {
  if (options.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  await setUp();
  if (options.includes("--editor")) {
    const { openEditor } = await import("./editor.mjs");
    return openEditor({ inBrowser: options.includes("--browser") });
  }
  await prepareStarter();
  const { code } = await run(venvProgram("python"), [inRoot("tools", "demo.py"), ...options]);
  return code;
}

process.exitCode = await start(process.argv.slice(2)).catch(failWith);
