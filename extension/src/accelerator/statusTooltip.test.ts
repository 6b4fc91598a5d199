import { describe, expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import { modelOf } from "../models/models.fixture";
import type { Connection } from "../sidecar/connection";
import type { StatusInput } from "./statusInput";
import { tooltipCommands, tooltipOf } from "./statusTooltip";

/** A link's address; `before` is what is before the mark of where it was clicked, encoded. */
const address = (command: string, before = "") =>
  `(command:phiSidecar.${command}?%5B${before}%22statusBar%22%5D)`;

const ready: Status = {
  phase: "ready",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
  executingDevice: "CPU",
  model: { id: "starter", name: "SmolLM2 135M", quantization: "q4_1", starter: true },
  contextWindow: 8192,
  tokensPerSecond: 92.4,
};
const phi = modelOf([], { name: "Phi-3 mini 4k instruct" });
const failed = {
  kind: "failed",
  failure: { reason: "No Python was found.", remedy: "Install one.", fixes: [] },
} as const;

const tooltip = (status: Status | undefined, more: Partial<StatusInput> = {}) =>
  tooltipOf({
    sidecar: { kind: "running", connection: {} as Connection },
    status,
    completions: { kind: "on", languageId: "python" },
    ...more,
  });

describe("the status bar item's tooltip", () => {
  test("tells the accelerator, where it runs, the context window and the newest speed", () => {
    const better = { kind: "offer", model: phi, quantization: "int4", bytes: 2e9 } as const;
    expect(tooltip(ready, { better })).toContain(
      [
        "Accelerator: CPU \\(OpenVINO\\), running on CPU",
        "Model: SmolLM2 135M, q4\\_1",
        "$(info) This is the *starter model*: small and quick to fetch, no match for Phi-3." +
          ` [Get Phi\\-3 mini]${address("chooseModel")}`,
        "Context window: 8,192 tokens",
        "Speed of the newest answer: 92 tokens/s",
      ].join("  \n"),
    );
  });

  test("leads to a better model only where there is one to get", () => {
    expect(tooltip(ready)).toContain("no match for Phi-3.  \n");
    const coming = tooltip(ready, { better: { kind: "underWay", model: phi } });
    expect(coming).toContain("no match for Phi-3. Phi\\-3 mini is being fetched");
    expect(coming).not.toContain("chooseModel");
  });

  test("labels no other model as the starter", () => {
    const model = { id: "phi3", name: "Phi-3 mini", quantization: "int4", starter: false };
    expect(tooltip({ ...ready, model })).not.toMatch(/starter|Get Phi-3/);
  });

  test("claims no quantization where there is no model", () => {
    const model = { id: "none", name: "no model", quantization: "none", starter: false };
    expect(tooltip({ ...ready, model })).toContain("Model: no model  \n");
  });

  test("tells the speed of now while it generates", () => {
    const live = tooltip({ ...ready, generating: true, tokensPerSecond: 38.2 });
    expect(live).toContain("Generating");
    expect(live).toContain("Speed now: 38 tokens/s");
  });

  test("tells the step that preparing is at", () => {
    const progress = { step: "Unpacking", bytesDone: 1 };
    expect(tooltip({ ...ready, phase: "preparing", progress })).toContain("Unpacking");
  });

  test("tells about how long a download still takes, where that is known", () => {
    const step = (secondsLeft: number | null) =>
      tooltip({ ...ready, phase: "preparing", progress: { step: "Downloading", secondsLeft } });
    expect(step(null)).toContain("**Phi Sidecar**\n\nDownloading  \n");
    expect(step(31)).toContain("Downloading, less than a minute left");
    expect(step(200)).toContain("Downloading, about 3 min left");
    expect(step(7_200)).toContain("Downloading, about 2 h left");
  });

  test("lists what the model cannot do on this accelerator", () => {
    const limits = ["A stop waits for the prompt.", "[click](command:evil)"];
    expect(tooltip({ ...ready, limits })).toContain(
      "$(info) A stop waits for the prompt.  \n$(info) \\[click\\]\\(command:evil\\)",
    );
  });

  test("tells what is wrong and what helps", () => {
    const wrong = { ...ready, reason: "The disk is full.", remedy: "Free 300 MB." };
    for (const phase of ["unavailable", "ready"] as const) {
      expect(tooltip({ ...wrong, phase })).toContain("The disk is full. Free 300 MB.");
    }
    expect(tooltip(undefined, { sidecar: failed })).toContain("No Python was found. Install one.");
  });

  test("offers to turn completions off or to snooze them", () => {
    expect(tooltip(ready)).toContain(
      `Completions: on · [Turn off]${address("toggleCompletions")} · Snooze` +
        ` [5]${address("snoozeCompletions", "5%2C")},` +
        ` [15]${address("snoozeCompletions", "15%2C")},` +
        ` [60]${address("snoozeCompletions", "60%2C")} minutes`,
    );
  });

  test("tells of the newest completion in one line, and leads to the whole of it", () => {
    const computed = { tokens: 12, reusedShare: 0.96 };
    const suggested = { kind: "suggested", tookMs: 84.2, computed } as const;
    expect(tooltip(ready, { lastCompletion: suggested })).toContain(
      `Last suggestion: 84 ms, 12 tokens, 96 % of the prompt reused · [Details]${address("explainCompletion")}`,
    );
    const none = { kind: "none", reason: "[Code](command:evil) follows." } as const;
    expect(tooltip(ready, { lastCompletion: none })).toContain(
      `No suggestion: \\[Code\\]\\(command:evil\\) follows. · [Why?]${address("explainCompletion")}`,
    );
    expect(tooltip(ready)).not.toMatch(/suggestion/);
  });

  test("offers to end a snooze", () => {
    expect(tooltip(ready, { completions: { kind: "snoozed", until: "14:05" } })).toContain(
      `Completions: snoozed until 14:05 · [End snooze]${address("endSnooze")}`,
    );
  });

  test("offers to turn completions on again, for all or for the language at hand", () => {
    expect(tooltip(ready, { completions: { kind: "off" } })).toContain(
      `Completions: off · [Turn on]${address("toggleCompletions")}`,
    );
    const completions = { kind: "offForLanguage", languageId: "markdown" } as const;
    expect(tooltip(ready, { completions })).toContain(
      `off for markdown · [Turn on]${address("toggleCompletionsForLanguage")}`,
    );
  });

  test("offers to restart only what does not run", () => {
    expect(tooltip(ready)).not.toContain("Restart");
    expect(tooltip(undefined, { sidecar: failed })).toContain(`[Restart]${address("restart")}`);
  });

  test("offers another try where no model answers", () => {
    expect(tooltip({ ...ready, phase: "unavailable" })).toContain(
      `[Try again]${address("tryAgain")}`,
    );
  });

  test("links to nothing that it may not run", () => {
    const everything = [
      tooltip(ready),
      tooltip({ ...ready, phase: "unavailable" }),
      tooltip(undefined, { sidecar: failed }),
      tooltip(ready, { completions: { kind: "off" } }),
    ].join("\n");
    const linked = [...everything.matchAll(/\]\(command:([\w.]+)/g)].map(([, command]) => command);
    expect(linked.length).toBeGreaterThan(10);
    expect(linked.filter((command) => !tooltipCommands.some((one) => one === command))).toEqual([]);
  });

  test("a reason cannot put links or icons into it", () => {
    const reason = "[click](command:evil) $(bug)";
    expect(tooltip({ ...ready, phase: "unavailable", reason })).toContain(
      "\\[click\\]\\(command:evil\\) \\\\$\\(bug\\)",
    );
  });
});
