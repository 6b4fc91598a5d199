import type { LogLevel } from "../settings";

/** How to start a process. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

export interface LaunchInputs {
  readonly executable: string;
  /** The folder that holds the package phi_sidecar and, in a package, its libraries. */
  readonly sidecarFolder: string;
  /** A folder of our own: with the workspace as current folder its files could shadow modules. */
  readonly workingFolder: string;
  readonly logLevel: LogLevel;
  readonly environment: NodeJS.ProcessEnv;
}

// They change what Python imports or runs, and are meant for the person's own programs.
const foreign = /^(PYTHONHOME|PYTHONPATH|PYTHONSTARTUP|PYTHONINSPECT|PYTHONWARNINGS|PYTHONDEBUG)$/i;

/** Works out how to start the sidecar. */
export function launchPlan(inputs: LaunchInputs): LaunchPlan {
  const inherited = Object.entries(inputs.environment).filter(([name]) => !foreign.test(name));
  return {
    command: inputs.executable,
    args: ["-m", "phi_sidecar", "serve"],
    cwd: inputs.workingFolder,
    env: {
      ...Object.fromEntries(inherited),
      PYTHONPATH: inputs.sidecarFolder,
      PYTHONUTF8: "1",
      PYTHONNOUSERSITE: "1",
      PYTHONSAFEPATH: "1",
      PHI_SIDECAR_LOG_LEVEL: inputs.logLevel,
    },
  };
}
