import { rm } from "node:fs/promises";

import type { FullConfig } from "@playwright/test";

import { killAll, running } from "./processes";
import { install, openSandbox, sandboxesIn } from "./sandbox";
import { requiredVariable } from "./variables";

/** Installs the built extension into the sandbox; what this returns empties it of processes. */
export default async function globalSetup(config: FullConfig): Promise<() => Promise<void>> {
  if (config.workers > 1) {
    throw new Error("The scenarios share one computer: run them with --workers=1, as by default.");
  }
  const root = requiredVariable("PHI_EDITOR_SANDBOX");
  const sandbox = await openSandbox(root, "main");
  // Nothing of an earlier run: neither another build nor its processes.
  await endAll(root);
  await rm(sandbox.extensionsDir, { recursive: true, force: true });
  await install(sandbox, requiredVariable("PHI_EDITOR_VSIX"));
  return () => endAll(root);
}

async function endAll(root: string): Promise<void> {
  for (const name of await sandboxesIn(root)) {
    const { home } = await openSandbox(root, name);
    killAll(await running("any", home));
  }
}
