// Sets up the checkout: Node packages, the development environment, and with `prepareStarter` the
// model and its runtime. What is already there as locked is left alone.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import process from "node:process";

import { inRoot, isProgram, root, venv, venvProgram } from "./layout.mjs";
import { failWith, must, npm, npmComplaint, run, ToolError } from "./processes.mjs";
import { askPython, findPython } from "./python.mjs";
import { step } from "./steps.mjs";

const oldestNode = [20, 12];
const networkRemedy = "Look at the network and at the disk's free space, then run it again.";

// By default npm tries for minutes before it says that there is no network.
const npmPatience = [
  "--fetch-retries=1",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];

const nodeStamp = inRoot("node_modules", ".phi-sidecar-stamp");
const venvStamp = inRoot(".venv", ".phi-sidecar-stamp");
const projectStamp = inRoot(".venv", ".phi-sidecar-project-stamp");
const pythonLock = inRoot("requirements", "dev.txt");

/** A digest of files' contents; a stamp that says so was written after everything else. */
function digest(...files) {
  const hash = createHash("sha256");
  for (const file of files) {
    // Line ends differ between systems, and mean nothing here.
    hash.update(readFileSync(file, "utf8").replaceAll("\r\n", "\n")).update("\0");
  }
  return hash.digest("hex");
}

async function readStamp(file) {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") {
      return null;
    }
    throw error;
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    throw new ToolError(`This is Node ${process.versions.node}.`, {
      remedy: `Install Node ${oldestNode.join(".")} or newer.`,
    });
  }
}

async function setUpNode() {
  const wanted = digest(inRoot("package-lock.json"));
  if ((await readStamp(nodeStamp)) === wanted) {
    return;
  }
  const [node, cli] = npm();
  await step("Installing the Node packages", async () => {
    const { code, output } = await run(node, [cli, "ci", ...npmPatience], { quiet: true });
    if (code !== 0) {
      throw new ToolError("The Node packages could not be installed.", {
        output: npmComplaint(output),
        remedy: networkRemedy,
      });
    }
  });
  await writeFile(nodeStamp, wanted);
}

/** Installs what the lock names, with a bar over its packages. */
async function installLock(pip, report) {
  const total = readFileSync(pythonLock, "utf8").match(/^[\w.-]+==/gm).length;
  let seen = 0;
  // The lock names all that is needed, and leaves out on purpose what some packages also ask for.
  const options = ["install", "--no-deps", "--require-hashes", "-r", pythonLock];
  await must(pip[0], [...pip.slice(1), ...options], {
    what: "Installing the Python packages",
    remedy: networkRemedy,
    env: { PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_NO_INPUT: "1", PIP_USER: "0" },
    onLine(line) {
      const name = /^(?:Collecting|Requirement already satisfied:) ([\w.-]+)/.exec(line)?.[1];
      if (name !== undefined) {
        seen += 1;
        // Unpacking comes after the last download, and is not told package by package.
        report(0.8 * Math.min(1, seen / total), name);
      } else if (line.startsWith("Installing collected packages")) {
        report(0.9, "unpacking");
      }
    },
  });
}

async function makeVenv(report) {
  const python = await findPython();
  await rm(venv, { recursive: true, force: true });
  const options = python.ensurepip ? [] : ["--without-pip"];
  await must(python.executable, ["-m", "venv", ...options, venv], {
    what: "Making .venv",
    remedy: "Look at the disk's free space; on Debian and Ubuntu install python3-venv.",
  });
  const pip = python.ensurepip
    ? [venvProgram("python"), "-m", "pip"]
    : [python.executable, "-m", "pip", "--python", venvProgram("python")];
  await installLock(pip, report);
}

/** True if the lock could be brought into the environment that is there. */
async function updateVenv(report) {
  if ((await askPython([venvProgram("python")])) === null) {
    return false;
  }
  try {
    await installLock([venvProgram("python"), "-m", "pip"], report);
    return true;
  } catch (error) {
    if (error instanceof ToolError) {
      return false;
    }
    throw error;
  }
}

async function setUpPython() {
  const wanted = digest(pythonLock);
  const stamp = await readStamp(venvStamp);
  if (stamp === wanted) {
    return;
  }
  await step("Installing the Python packages into .venv", async (report) => {
    // No stamp: it was never finished, so nothing in it can be trusted.
    if (stamp === null || !(await updateVenv(report))) {
      await makeVenv(report);
    }
  });
  await writeFile(venvStamp, wanted);
}

/** Makes `phi_sidecar` importable from the checkout, with its command and its entry points. */
async function setUpProject() {
  const wanted = digest(inRoot("pyproject.toml"));
  if ((await readStamp(projectStamp)) === wanted) {
    return;
  }
  await step("Installing phi-sidecar from the checkout", () =>
    must(
      venvProgram("python"),
      ["-m", "pip", "install", "--no-deps", "--no-build-isolation", "--editable", root],
      {
        what: "Installing phi-sidecar from the checkout",
        remedy: "Look at pyproject.toml; remove .venv to start afresh.",
        env: { PIP_DISABLE_PIP_VERSION_CHECK: "1" },
      },
    ),
  );
  await writeFile(projectStamp, wanted);
}

/** The packages of both languages. */
export async function setUp() {
  checkNode();
  await setUpNode();
  await setUpPython();
  await setUpProject();
}

/** The starter model and the environment of its runtime, by the product's own command. */
export async function prepareStarter({ quiet = false } = {}) {
  const args = ["models", "prepare", "starter"];
  await prepared("The starter model", venvProgram("phi-sidecar"), args, quiet);
}

/**
 * Every runtime's environment, by the product's own command, and the models of the tests. Outside CI
 * one that cannot be made here is left out: what needs it then says that it did not run.
 */
export async function prepareRuntimes({ quiet = false } = {}) {
  const cli = venvProgram("phi-sidecar");
  const listed = await jsonFrom("Listing the runtimes' environments", cli, [
    "environments",
    "list",
    "--json",
  ]);
  const leftOut = await jsonFrom("Asking which of them can be made", venvProgram("python"), [
    inRoot("tests", "runtimes.py"),
  ]);
  for (const { name, state } of listed) {
    if (leftOut[name] !== undefined) {
      process.stderr.write(`The environment ${name} is left out: ${leftOut[name]}\n`);
    } else if (state !== "ready") {
      await prepared(`The environment ${name}`, cli, ["environments", "prepare", name], quiet);
    }
  }
  if (leftOut.convert !== undefined) {
    process.stderr.write("Without it there are no models for the tests.\n");
    return;
  }
  const args = [
    inRoot("tests", "models", "build.py"),
    ...(leftOut.npu === undefined ? [] : ["--without-npu"]),
  ];
  await prepared("What the tests run", venvProgram("python"), args, quiet);
}

async function jsonFrom(what, program, args) {
  return JSON.parse(await must(program, args, { what, remedy: "The lines above say why." }));
}

async function prepared(what, program, args, quiet) {
  const { code, output } = await run(program, args, { quiet });
  if (code !== 0) {
    throw new ToolError(`${what} could not be prepared.`, {
      remedy: "The lines above say why and what to do.",
      output,
    });
  }
}

if (isProgram(import.meta.url)) {
  await setUp().catch(failWith);
}
