import { ConfigurationTarget, type Disposable, workspace } from "vscode";

import { isLanguageOn, type LogLevel, logLevels, type Settings } from "./settings";

const section = "phiSidecar";

/** The settings that the sidecar is told. */
export function readSettings(): Settings {
  return {
    "completion.enabled": get("completion.enabled", true),
    "completion.languages": get("completion.languages", {}),
    "completion.exclude": get("completion.exclude", []),
    "completion.maxNewTokens": get("completion.maxNewTokens", 96),
    "completion.pauseMs": get<number | null>("completion.pauseMs", null),
    "completion.confidence": get("completion.confidence", "likely"),
    "completion.inComments": get("completion.inComments", true),
    "completion.inStrings": get("completion.inStrings", true),
    "completion.otherFiles": get("completion.otherFiles", true),
    "completion.lookAhead": get("completion.lookAhead", true),
    "chat.systemPrompt": get("chat.systemPrompt", ""),
    "chat.maxNewTokens": get("chat.maxNewTokens", 1024),
    "chat.sampling": get("chat.sampling", false),
    "chat.temperature": get("chat.temperature", 0.3),
    "chat.topP": get("chat.topP", 1),
  };
}

/** The Python that the person named; empty when they named none. */
export function readPython(): string {
  return get("python", "").trim();
}

/** How much the sidecar writes into the log. */
export function readLogLevel(): LogLevel {
  const value = get<string>("logLevel", "info");
  return logLevels.find((level) => level === value) ?? "info";
}

/** Turns completions on or off for every language, where the setting already has its value. */
export async function toggleCompletions(): Promise<boolean> {
  const on = !readSettings()["completion.enabled"];
  await update("completion.enabled", () => on);
  return on;
}

/** Turns completions on or off for one language. */
export async function toggleLanguage(languageId: string): Promise<boolean> {
  const on = !isLanguageOn(readSettings()["completion.languages"], languageId);
  await update<Settings["completion.languages"]>("completion.languages", (own) => ({
    ...own,
    [languageId]: on,
  }));
  return on;
}

/** Hears of changes: of those that the sidecar is told, and of those that need a new one. */
export function onDidChange(listeners: { settings(): void; launch(): void }): Disposable {
  return workspace.onDidChangeConfiguration((event) => {
    const launch = ["python", "logLevel"].some((key) =>
      event.affectsConfiguration(`${section}.${key}`),
    );
    // One change of the file may hold both; a new sidecar starts with the newest of all.
    if (event.affectsConfiguration(section)) {
      listeners.settings();
    }
    if (launch) {
      listeners.launch();
    }
  });
}

function get<T>(key: string, fallback: T): T {
  return workspace.getConfiguration(section).get<T>(key, fallback);
}

/** Writes into the innermost place that holds a value of its own, or it would change nothing. */
async function update<T>(key: string, change: (own: T | undefined) => T): Promise<void> {
  const configuration = workspace.getConfiguration(section);
  const seen = configuration.inspect<T>(key);
  if (seen?.workspaceValue !== undefined) {
    await configuration.update(key, change(seen.workspaceValue), ConfigurationTarget.Workspace);
  } else {
    await configuration.update(key, change(seen?.globalValue), ConfigurationTarget.Global);
  }
}
