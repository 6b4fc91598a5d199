import { expect, test } from "vitest";
import type { LogOutputChannel } from "vscode";

import { logSidecarLine } from "./log";

test.each([
  ["2026-01-01 10:00:00,000 WARNING phi_sidecar.engine: slow", "warn"],
  ["ERROR phi_sidecar: gone", "error"],
  ["[CRITICAL] gone", "error"],
  ["DEBUG phi_sidecar: detail", "info"],
  ["INFO phi_sidecar: the word ERROR far behind in a line of information is no level", "info"],
  ["Traceback (most recent call last):", "info"],
])("%s is written at the level %s", (line, level) => {
  const written: string[] = [];
  const at = (name: string) => (text: string) => written.push(`${name} ${text}`);
  const channel = { info: at("info"), warn: at("warn"), error: at("error") };
  logSidecarLine(channel as unknown as LogOutputChannel, line);
  expect(written).toEqual([`${level} ${line}`]);
});
