// The gates of `npm run check`: each is a name and a function that returns the complaints, or none.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";

import { generatedFiles, generateInto } from "./generate.mjs";
import { inRoot, venvProgram } from "./layout.mjs";
import { addressesInLocks, leftOut } from "./lock.mjs";
import { npm, npmComplaint, packageProgram, run } from "./processes.mjs";

/** A gate that passes when the program does. */
function program(command, ...args) {
  return async () => {
    const { code, output } = await run(command, args, { quiet: true });
    return code === 0 ? "" : output || `exit code ${code}`;
  };
}

const node = (file, ...args) =>
  program(process.execPath, packageProgram(...file.split("/")), ...args);
const python = (name, ...args) => program(venvProgram(name), ...args);

async function generatedIsFresh() {
  const folder = await mkdtemp(path.join(tmpdir(), "phi-sidecar-generated-"));
  try {
    await generateInto(folder);
    const stale = [];
    for (const file of generatedFiles) {
      const fresh = await readFile(path.join(folder, file), "utf8");
      const kept = await readFile(inRoot(file), "utf8").catch(() => null);
      if (kept?.replaceAll("\r\n", "\n") !== fresh.replaceAll("\r\n", "\n")) {
        stale.push(`${file} is not what shared/protocol.schema.json makes: npm run generate`);
      }
    }
    return stale.join("\n");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What `pip check` misses, but for what the locks leave out on purpose (tools/lock.mjs). */
async function installedPackagesFit() {
  const { code, output } = await run(venvProgram("python"), ["-m", "pip", "check"], {
    quiet: true,
  });
  const complaints = output
    .split(/\r?\n/)
    .filter((line) => line.trim() !== "" && !leftOut.some((name) => line.includes(` ${name}, `)));
  return code === 0 ? "" : complaints.join("\n");
}

async function lockFitsManifest() {
  const manifest = JSON.parse(await readFile(inRoot("package.json"), "utf8"));
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => `package.json does not pin ${name} exactly (${version})`);
  const [node, cli] = npm();
  const { code, output } = await run(node, [cli, "ci", "--dry-run", "--offline"], { quiet: true });
  return [...loose, ...(code === 0 ? [] : [npmComplaint(output), "npm run lock"])].join("\n");
}

async function versionsAgree() {
  const manifest = JSON.parse(await readFile(inRoot("package.json"), "utf8"));
  const source = await readFile(inRoot("sidecar", "phi_sidecar", "__init__.py"), "utf8");
  const version = /^__version__ = "(.+)"$/m.exec(source)?.[1];
  return version === manifest.version
    ? ""
    : `package.json is at ${manifest.version}, phi_sidecar/__init__.py at ${version}`;
}

export const gates = [
  ["TypeScript: format and lint", node("@biomejs/biome/bin/biome", "check", "--error-on-warnings")],
  ["TypeScript: types", node("typescript/bin/tsc", "--project", "extension")],
  [
    "TypeScript: types of the panel",
    node("typescript/bin/tsc", "--project", "extension/src/webview"),
  ],
  ["TypeScript: types of the tests", node("typescript/bin/tsc", "--project", ".")],
  [
    "TypeScript: layers",
    node("dependency-cruiser/bin/dependency-cruise.mjs", "--output-type", "err", "extension/src"),
  ],
  ["Python: format", python("ruff", "format", "--check", ".")],
  ["Python: lint", python("ruff", "check", ".")],
  ["Python: types", python("mypy")],
  ["Python: layers", python("lint-imports")],
  ["Python: installed packages fit", installedPackagesFit],
  ["Python: locks fit pyproject.toml", python("python", inRoot("tools", "locks_fit.py"))],
  ["Generated files are fresh", generatedIsFresh],
  ["Lock files name no address", async () => (await addressesInLocks()).join("\n")],
  ["package-lock.json fits package.json", lockFitsManifest],
  ["Versions agree", versionsAgree],
];
