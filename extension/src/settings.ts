import type { CompletionConfidence, SidecarSettings } from "./generated/protocol";

export const logLevels = ["error", "warning", "info", "debug"] as const;
export type LogLevel = (typeof logLevels)[number];

/** The values of the settings below `phiSidecar`, as `package.json` declares them. */
export interface Settings {
  readonly "completion.enabled": boolean;
  readonly "completion.languages": Readonly<Record<string, boolean>>;
  readonly "completion.exclude": readonly string[];
  readonly "completion.maxNewTokens": number;
  readonly "completion.pauseMs": number | null;
  readonly "completion.confidence": CompletionConfidence;
  readonly "completion.inComments": boolean;
  readonly "completion.inStrings": boolean;
  readonly "completion.otherFiles": boolean;
  readonly "completion.lookAhead": boolean;
  readonly "chat.systemPrompt": string;
  readonly "chat.maxNewTokens": number;
  readonly "chat.sampling": boolean;
  readonly "chat.temperature": number;
  readonly "chat.topP": number;
}

/** Puts the settings in the shape that the sidecar is told. */
export function toSidecarSettings(settings: Settings): Required<SidecarSettings> {
  return {
    completionEnabled: settings["completion.enabled"],
    completionLanguages: { ...settings["completion.languages"] },
    completionExclude: [...settings["completion.exclude"]],
    completionMaxNewTokens: settings["completion.maxNewTokens"],
    completionPauseMs: settings["completion.pauseMs"],
    completionConfidence: settings["completion.confidence"],
    completionInComments: settings["completion.inComments"],
    completionInStrings: settings["completion.inStrings"],
    completionOtherFiles: settings["completion.otherFiles"],
    completionLookAhead: settings["completion.lookAhead"],
    chatSystemPrompt: settings["chat.systemPrompt"],
    chatMaxNewTokens: settings["chat.maxNewTokens"],
    chatSampling: settings["chat.sampling"],
    chatTemperature: settings["chat.temperature"],
    chatTopP: settings["chat.topP"],
  };
}

/** Whether a language gets completions: its own entry counts, else that of `*`. */
export function isLanguageOn(
  languages: Readonly<Record<string, boolean>>,
  languageId: string,
): boolean {
  return languages[languageId] ?? languages["*"] ?? true;
}
