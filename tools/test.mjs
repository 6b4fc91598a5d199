// `npm test`: everything, stage by stage; all stages run, and the last line counts them.
// `node tools/test.mjs STAGE [-- ARGUMENTS]` runs one.
import { availableParallelism } from "node:os";
import process from "node:process";

import { check } from "./check.mjs";
import { inRoot, venvProgram } from "./layout.mjs";
import { failWith, packageProgram, run, ToolError } from "./processes.mjs";
import { prepareRuntimes, prepareStarter, setUp } from "./setup.mjs";

const passes = async (program, args) => (await run(program, args)).code === 0;

const pytest = (args, options) => run(venvProgram("python"), ["-m", "pytest", ...args], options);

/**
 * The sidecar's suites. Those with a sidecar as an editor starts it wait for much of their time: the
 * others run beside them, and are shown after them. So that both end at about the same time, the
 * hundred seconds of typing are with the others.
 */
async function pythonSuites(args) {
  if (args.length > 0 || availableParallelism() === 1) {
    return (await pytest(args)).code === 0;
  }
  const typing = inRoot("tests", "lsp", "test_typing.py");
  const allButTyping = inRoot("tests", "lsp", "test_[!t]*.py");
  const beside = pytest(["--ignore-glob", allButTyping], { quiet: true });
  const [first, second] = await Promise.all([
    pytest([inRoot("tests", "lsp"), "--ignore", typing]),
    beside,
  ]);
  process.stdout.write(second.output);
  return first.code === 0 && second.code === 0;
}

const stages = {
  check: { run: check },
  unit: {
    run: (args) =>
      passes(process.execPath, [
        packageProgram("vitest", "vitest.mjs"),
        "run",
        ...["--config", inRoot("tools", "vitest.config.mjs")],
        ...args,
      ]),
  },
  panel: {
    onlyOn: "linux",
    run: (args) => passes(process.execPath, [inRoot("tests", "panel", "run.mjs"), ...args]),
  },
  starter: {
    prepares: true,
    run: async (options) => {
      await prepareStarter(options);
      return true;
    },
  },
  runtimes: {
    prepares: true,
    run: async (options) => {
      await prepareRuntimes(options);
      return true;
    },
  },
  python: {
    needs: ["starter", "runtimes"],
    run: pythonSuites,
  },
  vscode: {
    needs: ["starter", "runtimes"],
    onlyOn: "linux",
    run: (args) => passes(process.execPath, [inRoot("tests", "vscode", "run.mjs"), ...args]),
  },
};

/** Whether a stage belongs to this system; in CI a stage that cannot run is a failure. */
function belongsHere(name) {
  const { onlyOn } = stages[name];
  if (onlyOn === undefined || onlyOn === process.platform) {
    return true;
  }
  if (process.env.CI) {
    throw new ToolError(`The stage ${name} runs on ${onlyOn} only.`, {
      remedy: "On other systems CI runs the other stages by their names.",
    });
  }
  process.stdout.write(`\n── ${name}: not on this system, it is for ${onlyOn}\n`);
  return false;
}

function stageNames(only) {
  if (only === undefined) {
    return Object.keys(stages);
  }
  return [...(stages[only].needs ?? []), only];
}

/** Runs a stage; one that could not even start has failed, and the others still run. */
async function passed(name, args) {
  try {
    return await stages[name].run(args);
  } catch (error) {
    process.stderr.write(`${error.output ?? ""}${error.message}\n${error.remedy ?? ""}\n`);
    return false;
  }
}

/**
 * Begins what later stages need, one after the other, and returns how each will end. It waits for the
 * network and for disks, while the first stages only compute. Beside others it keeps its progress to
 * itself; where it comes first, it is shown.
 */
function prepareBeside(names) {
  const outcomes = new Map();
  const quiet = !stages[names[0]]?.prepares;
  let before = Promise.resolve();
  for (const name of names.filter((each) => stages[each].prepares)) {
    before = before.then(() => passed(name, { quiet }));
    outcomes.set(name, before);
  }
  return outcomes;
}

async function test(stageName, args) {
  if (stageName !== undefined && !Object.hasOwn(stages, stageName)) {
    throw new ToolError(`There is no stage ${stageName}.`, {
      remedy: `Take one of ${Object.keys(stages).join(", ")}.`,
    });
  }
  const names = stageNames(stageName).filter(belongsHere);
  await setUp();
  const outcomes = prepareBeside(names);
  const failed = [];
  for (const name of names) {
    process.stdout.write(`\n── ${name}\n`);
    if (!(await (outcomes.get(name) ?? passed(name, args)))) {
      failed.push(name);
    }
  }
  process.stdout.write(failed.length > 0 ? `\nfailed: ${failed.join(", ")}\n` : "\n");
  process.stdout.write(`${names.length - failed.length} passed, ${failed.length} failed\n`);
  return failed.length === 0 ? 0 : 1;
}

const [stageName, ...args] = process.argv.slice(2);
process.exitCode = await test(
  stageName,
  args.filter((arg) => arg !== "--"),
).catch(failWith);
