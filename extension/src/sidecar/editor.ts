import type { LogOutputChannel } from "vscode";

import type { SidecarSettings, Status } from "../generated/protocol";
import type { LogLevel } from "../settings";

/** What starting a sidecar needs to know of the editor. */
export interface Editor {
  readonly extensionFolder: string;
  /** A folder of the extension's own, outside every workspace. */
  readonly storageFolder: string;
  readonly log: LogOutputChannel;
  python(): string;
  logLevel(): LogLevel;
  settings(): SidecarSettings;
  /** Hears what the sidecar says of itself. */
  statusChanged(status: Status): void;
}
