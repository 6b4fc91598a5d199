// Each worker has a computer of its own: the second and further ones are copies of the first, made
// when that has been set up.
import { cp, readdir, rm } from "node:fs/promises";
import path from "node:path";

/** The folder's name of a computer for a worker, of which the first has the index 0. */
export function nameFor(computer: string, parallelIndex: number): string {
  return parallelIndex === 0 ? computer : `${computer}${parallelIndex + 1}`;
}

/** Makes the further workers' computers what the first worker's is now. */
export async function copyFirstComputer(root: string, workers: number): Promise<void> {
  for (let index = 1; index < workers; index++) {
    const home = path.join(root, nameFor("main", index), "home");
    await rm(home, { recursive: true, force: true });
    await cp(path.join(root, nameFor("main", 0), "home"), home, {
      recursive: true,
      // Python's compiled files are valid for files of that time alone.
      preserveTimestamps: true,
      // An environment's links lead within it or to the system's Python.
      verbatimSymlinks: true,
    });
  }
}

/** The names of all computers of a sandbox. */
export async function computersIn(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory() && entry.name !== "extensions")
    .map(({ name }) => name);
}
