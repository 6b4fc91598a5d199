// `npm run bench` and `npm run quality`: the figures of this machine, with the starter model.
import process from "node:process";

import { inRoot, venvProgram } from "./layout.mjs";
import { failWith, run } from "./processes.mjs";
import { prepareStarter, setUp } from "./setup.mjs";

async function measure(what, options) {
  await setUp();
  await prepareStarter();
  const { code } = await run(venvProgram("python"), [inRoot("tests", what, "run.py"), ...options]);
  return code;
}

const [what, ...options] = process.argv.slice(2);
process.exitCode = await measure(what, options).catch(failWith);
