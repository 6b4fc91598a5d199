import { describe, expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { type StatusInput, statusView } from "./statusView";

const starter = {
  id: "starter",
  name: "SmolLM2 135M Instruct (starter)",
  quantization: "q4_1",
  starter: true,
};
const ready: Status = {
  phase: "ready",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
  executingDevice: "CPU",
  model: starter,
  tokensPerSecond: 92.4,
};

const view = (status: Status | undefined, more: Partial<StatusInput> = {}) =>
  statusView({
    sidecar: { kind: "running", connection: {} as Connection },
    status,
    completions: { kind: "on", languageId: "python" },
    ...more,
  });

describe("the status bar item", () => {
  test("shows accelerator and speed when ready", () => {
    expect(view(ready)).toMatchObject({
      text: "$(sparkle) CPU · 92 tok/s",
      label: "Phi Sidecar: CPU · 92 tok/s",
      severity: "none",
    });
  });

  test("shows no speed before the first answer, and one digit of a slow one", () => {
    expect(view({ ...ready, tokensPerSecond: null }).text).toBe("$(sparkle) CPU");
    expect(view({ ...ready, tokensPerSecond: 7.04 }).text).toBe("$(sparkle) CPU · 7.0 tok/s");
  });

  test("keeps its words while it generates", () => {
    expect(view({ ...ready, generating: true }).text).toBe("$(loading~spin) CPU · 92 tok/s");
  });

  test("labels the starter model as such", () => {
    expect(view(ready).tooltip).toContain("*starter model*");
    const phi = { id: "phi3", name: "Phi-3 mini", quantization: "int4", starter: false };
    expect(view({ ...ready, model: phi }).tooltip).not.toContain("starter");
  });

  test("shows how far preparing has come", () => {
    const progress = { step: "Downloading", bytesDone: 120_400_000, bytesTotal: 250_000_000 };
    expect(view({ ...ready, phase: "preparing", progress }).text).toBe(
      "$(sync~spin) Preparing 120/250 MB",
    );
    expect(view({ ...ready, phase: "preparing", progress: { step: "Unpacking" } })).toMatchObject({
      text: "$(sync~spin) Preparing",
      tooltip: expect.stringContaining("Unpacking"),
    });
  });

  test("shows what is being loaded", () => {
    expect(view({ ...ready, phase: "loading" }).text).toBe("$(sync~spin) Loading CPU");
  });

  test("warns with the reason and the remedy when unavailable", () => {
    const status = { ...ready, reason: "The disk is full.", remedy: "Free 300 MB." };
    expect(view({ ...status, phase: "unavailable" })).toMatchObject({
      text: "$(warning) CPU unavailable",
      severity: "warning",
      tooltip: expect.stringContaining("The disk is full. Free 300 MB."),
    });
  });

  test("does not hide what went wrong when it answers all the same", () => {
    const fallen = view({ ...ready, reason: "The NPU failed.", remedy: "Update its driver." });
    expect(fallen.text).toBe("$(info) CPU · 92 tok/s");
    expect(fallen.tooltip).toContain("The NPU failed. Update its driver.");
  });

  test("says that completions are off, for all or for the language at hand", () => {
    expect(view(ready, { completions: { kind: "off" } }).text).toBe(
      "$(circle-slash) CPU · 92 tok/s",
    );
    const markdown = view(ready, {
      completions: { kind: "offForLanguage", languageId: "markdown" },
    });
    expect(markdown.tooltip).toContain("Completions: off for markdown");
  });

  test("spins until the sidecar has told its status", () => {
    expect(view(undefined).text).toBe("$(sync~spin) Phi starting");
    expect(view(undefined, { sidecar: { kind: "starting" } }).text).toBe(
      "$(sync~spin) Phi starting",
    );
  });

  test("shows a failure with what to do", () => {
    const failure = { reason: "No Python was found.", remedy: "Install one.", fixes: [] };
    expect(view(undefined, { sidecar: { kind: "failed", failure } })).toMatchObject({
      text: "$(error) Phi failed",
      severity: "error",
      tooltip: expect.stringContaining("No Python was found. Install one."),
    });
  });

  test("a reason cannot put links or icons into the tooltip", () => {
    const status = { ...ready, reason: "[click](command:evil) $(bug)", remedy: null };
    expect(view({ ...status, phase: "unavailable" }).tooltip).toContain(
      "\\[click\\]\\(command:evil\\) $\\(bug\\)",
    );
  });
});
