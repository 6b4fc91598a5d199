import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

import type { LaunchPlan } from "./launch";

/** The sidecar's process. */
export interface SidecarProcess {
  readonly child: ChildProcessWithoutNullStreams;
  /** Resolves with how it ended, as the end of a sentence, when it has. */
  readonly ended: Promise<string>;
  /**
   * Ends it by force, it alone.
   *
   * Its children are the workers, which other windows may be using and which leave by themselves.
   */
  kill(): void;
}

// For what it wrote last to be read.
const drainMs = 500;

/** Starts the process; one that could not be started has ended at once. */
export function startProcess(plan: LaunchPlan): SidecarProcess {
  const child = spawn(plan.command, plan.args, {
    cwd: plan.cwd,
    env: plan.env,
    stdio: "pipe",
    windowsHide: true,
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      if (child.pid === undefined) {
        resolve(`could not be started (${error.message})`);
      }
    });
    // Not `close`: a worker that inherited a pipe would hold that back, and the client's own end.
    child.once("exit", (code, signal) => {
      setTimeout(() => child.stdout.destroy(), drainMs).unref();
      resolve(signal === null ? `ended with code ${code}` : `was ended by ${signal}`);
    });
  });
  return { child, ended, kill: () => void child.kill("SIGKILL") };
}
