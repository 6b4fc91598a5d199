// `npm run package [-- --target linux-x64]`: the .vsix of one platform, with the sidecar in it.
import { cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";

import { inRoot, isProgram } from "./layout.mjs";
import { makePayload, platforms, thisPlatform } from "./payload.mjs";
import { failWith, must, packageProgram, ToolError } from "./processes.mjs";
import { setUp } from "./setup.mjs";
import { step } from "./steps.mjs";

/** What of the checkout goes in as it is, where it is there. */
const carried = [
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "extension/media",
  "extension/walkthrough",
];

/** Makes the .vsix and returns its path. Set-up must have been done. */
export async function makeVsix({ target = thisPlatform } = {}) {
  if (!Object.hasOwn(platforms, target)) {
    throw new ToolError(`There is no platform ${target}.`, {
      remedy: `Take one of ${Object.keys(platforms).join(", ")}.`,
    });
  }
  const manifest = JSON.parse(await readFile(inRoot("package.json"), "utf8"));
  const stage = inRoot(".cache", `package-${target}-${process.pid}`);
  const vsix = inRoot("dist", `${manifest.name}-${target}-${manifest.version}.vsix`);
  try {
    await step(`Packaging for ${target}`, async (report) => {
      await rm(stage, { recursive: true, force: true });
      await mkdir(path.join(stage, "dist"), { recursive: true });
      await mkdir(inRoot("dist"), { recursive: true });
      report(0.1, "bundling the extension");
      const { bundle } = await import("./bundle.mjs");
      await bundle({ outfile: path.join(stage, "dist", "extension.js") });
      report(0.2, "gathering the sidecar");
      await makePayload(target, path.join(stage, "dist", "sidecar"));
      report(0.6, "writing the .vsix");
      await stageFiles(stage, manifest);
      await vsce(stage, target, vsix);
    });
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
  return vsix;
}

/** Only what is staged is shipped, so nothing slips in by not being excluded. */
async function stageFiles(stage, manifest) {
  const { scripts: _scripts, devDependencies: _devDependencies, ...shipped } = manifest;
  // The bundle holds the dependencies; the engine `node` is the checkout's.
  const { dependencies: _dependencies, private: _private, ...editorsPart } = shipped;
  const engines = { vscode: manifest.engines.vscode };
  await writeFile(
    path.join(stage, "package.json"),
    `${JSON.stringify({ ...editorsPart, engines }, null, 2)}\n`,
  );
  for (const name of carried) {
    try {
      await cp(inRoot(name), path.join(stage, name), { recursive: true });
    } catch (error) {
      if (error.code !== "ENOENT") {
        throw error;
      }
    }
  }
}

async function vsce(stage, target, vsix) {
  await must(
    process.execPath,
    [
      packageProgram("@vscode", "vsce", "vsce"),
      ["package", "--target", target, "--out", vsix],
      // The bundle needs none, and the README's links are checked nowhere else than here.
      ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"],
    ].flat(),
    {
      cwd: stage,
      what: "Writing the .vsix",
      remedy: "Look at the manifest part of package.json.",
    },
  );
}

async function main() {
  let options;
  try {
    options = parseArgs({
      options: { target: { type: "string" }, all: { type: "boolean", default: false } },
    }).values;
  } catch (error) {
    throw new ToolError(error.message, {
      remedy: "npm run package [-- --target PLATFORM | --all]",
    });
  }
  await setUp();
  const targets = options.all ? Object.keys(platforms) : [options.target ?? thisPlatform];
  for (const target of targets) {
    const vsix = await makeVsix({ target });
    const megabytes = ((await stat(vsix)).size / 1e6).toFixed(1);
    process.stdout.write(`${path.relative(process.cwd(), vsix)} (${megabytes} MB)\n`);
  }
}

if (isProgram(import.meta.url)) {
  await main().catch(failWith);
}
