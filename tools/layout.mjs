// Where things lie in the checkout.
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
export const windows = process.platform === "win32";

/** A path inside the checkout. */
export const inRoot = (...parts) => path.join(root, ...parts);

/** The development environment: the sidecar, its libraries and the tools; no runtime. */
export const venv = inRoot(".venv");

/** A program of the development environment, such as `python` or `ruff`. */
export const venvProgram = (name) =>
  path.join(venv, windows ? "Scripts" : "bin", windows ? `${name}.exe` : name);

/** Whether the module of this URL is the one that node was told to run. */
export const isProgram = (url) => fileURLToPath(url) === path.resolve(process.argv[1] ?? "");
