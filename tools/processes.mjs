// Running other programs, without a shell: paths may hold spaces and whatever else people name folders.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import process from "node:process";

import { inRoot, root } from "./layout.mjs";

/** A step that cannot go on: what happened, and what the person can do. */
export class ToolError extends Error {
  constructor(message, { remedy, output = "" } = {}) {
    super(message);
    this.remedy = remedy;
    this.output = output;
  }
}

/** Ends this program with the error said in full. */
export function failWith(error) {
  if (!(error instanceof ToolError)) {
    throw error;
  }
  if (error.output.trim() !== "") {
    process.stderr.write(`${error.output.trimEnd()}\n`);
  }
  process.stderr.write(`\n${error.message}\n`);
  if (error.remedy !== undefined) {
    process.stderr.write(`${error.remedy}\n`);
  }
  process.exit(1);
}

/**
 * Runs a program to its end and returns its exit code and what it printed.
 *
 * `quiet` keeps the output instead of showing it; `onLine` sees each line as it comes.
 */
export function run(program, args, { cwd = root, env = {}, quiet = false, onLine } = {}) {
  return new Promise((resolve, reject) => {
    const captured = quiet || onLine !== undefined;
    const child = spawn(program, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: captured ? ["ignore", "pipe", "pipe"] : "inherit",
      windowsHide: true,
    });
    let output = "";
    let unfinished = "";
    const take = (text) => {
      output += text;
      if (onLine === undefined) {
        return;
      }
      const lines = (unfinished + text).split(/\r\n|\r|\n/);
      unfinished = lines.pop();
      for (const line of lines) {
        onLine(line);
      }
    };
    child.stdout?.setEncoding("utf8").on("data", take);
    child.stderr?.setEncoding("utf8").on("data", take);
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (unfinished !== "") {
        onLine?.(unfinished);
      }
      resolve({ code: code ?? 1, signal, output });
    });
  });
}

/** Runs a program that must succeed, showing its output only if it does not; returns the output. */
export async function must(program, args, { what, remedy, ...options }) {
  const { code, output } = await run(program, args, { quiet: true, ...options });
  if (code !== 0) {
    throw new ToolError(`${what} failed (exit code ${code}).`, { remedy, output });
  }
  return output;
}

/**
 * The arguments to start npm with Node itself.
 *
 * On Windows npm is a .cmd file, which can only be started through a shell; npm tells the scripts
 * that it runs where its JavaScript lies, and otherwise it lies beside node.
 */
export function npm() {
  const beside = path.dirname(process.execPath);
  const candidates = [
    process.env.npm_execpath,
    path.join(beside, "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(beside, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
    path.join(beside, "..", "share", "nodejs", "npm", "bin", "npm-cli.js"),
  ];
  const cli = candidates.find((file) => file?.endsWith("npm-cli.js") && existsSync(file));
  if (cli === undefined) {
    throw new ToolError("npm was not found beside Node.", {
      remedy: "Start this through npm, for example with 'npm start'.",
    });
  }
  return [process.execPath, cli];
}

/** What npm complains of, without the manual that it prints after it. */
export function npmComplaint(output) {
  const lines = output
    .split("\n")
    .filter((line) => /^npm error (?!code |A complete log)/.test(line));
  const manual = lines.findIndex((line) => /^npm error (?:Usage:|Clean install)/.test(line));
  return lines.slice(0, manual < 0 ? undefined : manual).join("\n");
}

/** The JavaScript file behind a program that a package in node_modules offers. */
export const packageProgram = (...parts) => inRoot("node_modules", ...parts);
