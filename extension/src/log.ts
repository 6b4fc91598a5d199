import type { LogOutputChannel } from "vscode";

const named = /^.{0,40}?\b(DEBUG|INFO|WARNING|ERROR|CRITICAL)\b/;

/**
 * Writes a line of the sidecar's stderr at the level that it names.
 *
 * Debug lines count as information: the sidecar sends them only when the person asked for them by
 * the setting, and the channel's own level would hide them.
 */
export function logSidecarLine(log: LogOutputChannel, line: string): void {
  switch (named.exec(line)?.[1]) {
    case "WARNING":
      log.warn(line);
      break;
    case "ERROR":
    case "CRITICAL":
      log.error(line);
      break;
    default:
      log.info(line);
  }
}
