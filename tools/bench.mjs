// `npm run bench [-- --json]`: the figures of this machine.
import process from "node:process";

import { inRoot, venvProgram } from "./layout.mjs";
import { failWith, run } from "./processes.mjs";
import { prepareStarter, setUp } from "./setup.mjs";

async function bench(options) {
  await setUp();
  await prepareStarter();
  const { code } = await run(venvProgram("python"), [
    inRoot("tests", "bench", "run.py"),
    ...options,
  ]);
  return code;
}

process.exitCode = await bench(process.argv.slice(2)).catch(failWith);
