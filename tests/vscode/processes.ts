// Which processes of a sandbox run: they are known by the HOME in their environment.
import { readdir, readFile } from "node:fs/promises";
import process from "node:process";

export interface Running {
  pid: number;
  /** The command line, its arguments separated by spaces. */
  command: string;
}

export type Kind = "sidecar" | "worker" | "editor" | "terminal" | "any";

const COMMANDS: Record<Kind, RegExp> = {
  sidecar: /phi_sidecar\S* .*\bserve\b/,
  worker: /phi_sidecar\.worker/,
  // The server of the window and its extension host.
  editor: /code-server\/(out|lib)\//,
  // A terminal's shell is started with the script that ties it to the editor.
  terminal: /shellIntegration/,
  any: /./,
};

/** Lists the processes of one kind that have this HOME. */
export async function running(kind: Kind, home: string): Promise<Running[]> {
  const found: Running[] = [];
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry) || Number(entry) === process.pid) {
      continue;
    }
    const [environment, commandLine] = await Promise.all(
      ["environ", "cmdline"].map((file) => readGone(`/proc/${entry}/${file}`)),
    );
    const command = (commandLine ?? "").replaceAll("\0", " ").trim();
    // A zombie has no command line left.
    if (command === "" || !environment?.split("\0").includes(`HOME=${home}`)) {
      continue;
    }
    if (COMMANDS[kind].test(command)) {
      found.push({ pid: Number(entry), command });
    }
  }
  return found;
}

/** Ends processes as a crash does. */
export function killAll(processes: readonly Running[]): void {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
        throw error;
      }
    }
  }
}

/** Reads a file of a process that may end meanwhile, or be another user's. */
async function readGone(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}
