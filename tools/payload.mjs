// The sidecar as the .vsix carries it: phi_sidecar and its libraries, unpacked, for any Python 3.11
// or newer of one platform. Nothing is compiled and nothing is tied to one version of Python.
import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { inRoot, root, venvProgram } from "./layout.mjs";
import { must, ToolError } from "./processes.mjs";
import { uv } from "./uv.mjs";

/** The platforms that a .vsix can be made for, by the editor's name and by uv's. */
export const platforms = {
  "linux-x64": "x86_64-manylinux2014",
  "linux-arm64": "aarch64-manylinux2014",
  "win32-x64": "x86_64-pc-windows-msvc",
  "win32-arm64": "aarch64-pc-windows-msvc",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

/** This machine's platform, as the editor names it. */
export const thisPlatform = `${process.platform}-${process.arch}`;

/** Never needed to run. */
const unneeded = /^(?:tests?|__pycache__)$/;
/** What uv puts beside the packages: launchers that name this machine's Python, its own lock. */
const besideThePackages = ["bin", "Scripts", ".lock"];

/** Makes the payload in `folder`, which must not exist yet. */
export async function makePayload(platform, folder) {
  await mkdir(folder, { recursive: true });
  const into = ["pip", "install", "--quiet", "--target", folder, "--link-mode", "copy"];
  await uv(
    [
      into,
      ["--python", venvProgram("python")],
      ["--python-platform", platforms[platform], "--python-version", "3.11"],
      // The lock names all of them, and leaves out what is not carried though a library asks for it.
      ["--no-deps"],
      ["--only-binary", ":all:", "--require-hashes", "-r", inRoot("requirements", "sidecar.txt")],
    ].flat(),
    {
      what: `Fetching the sidecar's libraries for ${platform}`,
      remedy: "Look at the network; the versions are those of requirements/sidecar.txt.",
    },
  );
  const wheels = path.join(folder, "..", "wheel");
  await must(venvProgram("hatchling"), ["build", "-t", "wheel", "-d", wheels], {
    what: "Building the package phi_sidecar",
    remedy: "Look at pyproject.toml.",
    cwd: root,
  });
  const [wheel] = await readdir(wheels);
  await uv([...into, "--python", venvProgram("python"), "--no-deps", path.join(wheels, wheel)], {
    what: "Unpacking the package phi_sidecar",
  });
  await rm(wheels, { recursive: true });
  for (const name of besideThePackages) {
    await rm(path.join(folder, name), { recursive: true, force: true });
  }
  await dropUnneeded(folder);
  await refuseVersionBound(folder);
}

async function dropUnneeded(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const place = path.join(folder, entry.name);
    if (entry.isDirectory() && unneeded.test(entry.name)) {
      await rm(place, { recursive: true });
    } else if (entry.isDirectory()) {
      await dropUnneeded(place);
    }
  }
}

/** A library whose wheel fits one version of Python would break the sidecar on all the others. */
async function refuseVersionBound(folder) {
  const bound = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith(".dist-info")) {
      continue;
    }
    const text = await readFile(path.join(folder, name, "WHEEL"), "utf8");
    const tags = [...text.matchAll(/^Tag: (\S+)/gm)].map((match) => match[1]);
    if (!tags.some((tag) => /^(?:py\d\.)*py3-none-|^py3-none-|^cp\d+-abi3-/.test(tag))) {
      bound.push(`${name}: ${tags.join(", ")}`);
    }
  }
  if (bound.length > 0) {
    throw new ToolError("Libraries of the sidecar are tied to one version of Python.", {
      output: bound.join("\n"),
      remedy: "Take libraries that are pure or have abi3 wheels.",
    });
  }
}
