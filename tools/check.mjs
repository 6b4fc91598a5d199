// `npm run check`: every gate of both languages; all run, one line each.
import { availableParallelism } from "node:os";
import process from "node:process";

import { isProgram } from "./layout.mjs";
import { failWith } from "./processes.mjs";
import { setUp } from "./setup.mjs";

/** Runs the gates and prints a line for each; true if all passed. */
export async function check() {
  // Loaded late: it needs packages that set-up brings.
  const { gates } = await import("./gates.mjs");
  const failed = [];
  // As many at once as there are cores, told in order.
  const atOnce = availableParallelism();
  const runs = [];
  for (const [index, [name, gate]] of gates.entries()) {
    const before = runs[index - atOnce]?.running;
    runs.push({ name, running: Promise.resolve(before).then(() => timed(gate)) });
  }
  for (const { name, running } of runs) {
    const { complaints, seconds } = await running;
    const passed = complaints.trim() === "";
    process.stdout.write(`${passed ? "✓" : "✗"} ${name} (${seconds} s)\n`);
    if (!passed) {
      failed.push(name);
      process.stdout.write(`${complaints.trimEnd().replaceAll(/^/gm, "    ")}\n`);
    }
  }
  process.stdout.write(
    failed.length === 0
      ? `check: all ${gates.length} gates passed\n`
      : `check: ${failed.length} of ${gates.length} gates failed: ${failed.join("; ")}\n`,
  );
  return failed.length === 0;
}

async function timed(gate) {
  const startedMs = Date.now();
  let complaints;
  try {
    complaints = await gate();
  } catch (error) {
    complaints = [error.output, error.message, error.remedy].filter(Boolean).join("\n");
  }
  return { complaints, seconds: ((Date.now() - startedMs) / 1000).toFixed(1) };
}

if (isProgram(import.meta.url)) {
  await setUp().catch(failWith);
  process.exit((await check()) ? 0 : 1);
}
