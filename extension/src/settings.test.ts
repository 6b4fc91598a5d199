import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

import { isLanguageOn, logLevels, type Settings, toSidecarSettings } from "./settings";

const manifest = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
const schema = JSON.parse(
  await readFile(new URL("../../shared/protocol.schema.json", import.meta.url), "utf8"),
);
const builtInSystemPrompt = (
  await readFile(
    new URL("../../sidecar/phi_sidecar/prompts/chat_system.txt", import.meta.url),
    "utf8",
  )
).trim();
const declared: Record<string, { default: unknown; minimum?: number; maximum?: number }> =
  manifest.contributes.configuration.properties;
const defaults = Object.fromEntries(
  Object.entries(declared).map(([name, { default: value }]) => [
    name.replace(/^phiSidecar\./, ""),
    value,
  ]),
) as unknown as Settings;

test("every setting reaches the sidecar under the name that the schema gives it", () => {
  const settings: Settings = {
    "completion.enabled": false,
    "completion.languages": { python: false },
    "completion.exclude": ["**/private/**"],
    "completion.maxNewTokens": 12,
    "completion.pauseMs": 300,
    "completion.confidence": "sure",
    "completion.inComments": false,
    "completion.inStrings": false,
    "completion.otherFiles": false,
    "completion.lookAhead": false,
    "chat.systemPrompt": "Be brief.",
    "chat.maxNewTokens": 345,
    "chat.sampling": true,
    "chat.temperature": 0.7,
    "chat.topP": 0.9,
  };
  const told = toSidecarSettings(settings);
  expect(told).toEqual({
    completionEnabled: false,
    completionLanguages: { python: false },
    completionExclude: ["**/private/**"],
    completionMaxNewTokens: 12,
    completionPauseMs: 300,
    completionConfidence: "sure",
    completionInComments: false,
    completionInStrings: false,
    completionOtherFiles: false,
    completionLookAhead: false,
    chatSystemPrompt: "Be brief.",
    chatMaxNewTokens: 345,
    chatSampling: true,
    chatTemperature: 0.7,
    chatTopP: 0.9,
  });
  expect(Object.keys(told).sort()).toEqual(
    Object.keys(schema.$defs.SidecarSettings.properties).sort(),
  );
});

test("the declared defaults and bounds are the schema's", () => {
  const told = toSidecarSettings(defaults) as Record<string, unknown>;
  for (const [name, property] of Object.entries<Record<string, unknown>>(
    schema.$defs.SidecarSettings.properties,
  )) {
    const own = name.replace(
      /^(completion|chat)(.)/,
      (_, area: string, letter: string) => `phiSidecar.${area}.${letter.toLowerCase()}`,
    );
    expect(declared[own], own).toBeDefined();
    expect(declared[own]?.minimum, own).toBe(property.minimum);
    expect(declared[own]?.maximum, own).toBe(property.maximum);
    if (name === "chatSystemPrompt") {
      // Nothing said is the sidecar's own text, which the declared default shows.
      expect(told[name]).toBe(builtInSystemPrompt);
    } else if (name !== "completionLanguages") {
      expect(told[name], own).toEqual(property.default);
    }
  }
});

test("the declared log levels are those that the sidecar is started with", () => {
  expect(manifest.contributes.configuration.properties["phiSidecar.logLevel"].enum).toEqual(
    logLevels,
  );
});

test("a language's own entry counts before that of the star", () => {
  const languages = defaults["completion.languages"];
  expect(isLanguageOn(languages, "python")).toBe(true);
  expect(isLanguageOn(languages, "markdown")).toBe(false);
  expect(isLanguageOn({ "*": false, python: true }, "python")).toBe(true);
  expect(isLanguageOn({ "*": false, python: true }, "go")).toBe(false);
  expect(isLanguageOn({}, "go")).toBe(true);
});
