// Big programs from the npm registry that only some tasks need (an editor, a browser): each has a
// lock of its own with hashes, and lies whole in `.cache` or not at all.
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";

import { inRoot } from "./layout.mjs";
import { must, npm } from "./processes.mjs";

const OFFLINE_REMEDY =
  "It is fetched from the npm registry once: check the network and npm's settings, then try again.";

/**
 * Installs what the lock in `lockFolder` names into `.cache/<name>` and returns that folder.
 *
 * Does nothing where that is done already and nothing has changed. `finish(folder)` completes the
 * installation before it is moved into its place; `also` names the files that this depends on.
 */
export async function lockedInstall(options) {
  const { name, lockFolder, title, onStep = () => {}, finish, also = [] } = options;
  const place = inRoot(".cache", name);
  const hash = createHash("sha256");
  for (const file of [path.join(lockFolder, "package-lock.json"), ...also]) {
    hash.update(await readFile(file));
  }
  const stamp = hash.digest("hex");
  if ((await stampOf(place)) === stamp) {
    return place;
  }
  const beside = `${place}.partial-${process.pid}`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(beside, { recursive: true });
  try {
    for (const file of ["package.json", "package-lock.json", ".npmrc"]) {
      await copyFile(path.join(lockFolder, file), path.join(beside, file));
    }
    onStep(`Fetching ${title}`);
    await npmRun(["ci"], { cwd: beside, what: `Fetching ${title}` });
    await finish?.(beside);
    await writeFile(path.join(beside, "installed"), stamp);
    await moveInto(place, beside, stamp);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return place;
}

/** Runs npm without any package's own scripts. */
export async function npmRun(args, { cwd, what }) {
  const [node, cli] = npm();
  await must(node, [cli, ...args, "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd,
    what,
    remedy: OFFLINE_REMEDY,
  });
}

async function stampOf(place) {
  try {
    return await readFile(path.join(place, "installed"), "utf8");
  } catch (error) {
    if (error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

async function moveInto(place, beside, stamp) {
  // Renamed away first: a folder that is being deleted must not pass for an installed one.
  const old = `${place}.old-${process.pid}`;
  try {
    await rename(place, old);
  } catch (error) {
    if (error.code !== "ENOENT") {
      throw error;
    }
  }
  try {
    await rename(beside, place);
  } catch (error) {
    // Another process was quicker; what it installed is as good.
    if ((await stampOf(place)) !== stamp) {
      throw error;
    }
  }
  await rm(old, { recursive: true, force: true });
}
