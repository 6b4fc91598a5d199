import { describe, expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import type { StatusInput } from "./statusInput";
import { statusView } from "./statusView";

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
const failed = {
  kind: "failed",
  failure: { reason: "No Python was found.", remedy: "Install one.", fixes: [] },
} as const;
const snoozed = { kind: "snoozed", until: "14:05" } as const;

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
      label: "Phi Sidecar: CPU, 92 tokens per second",
      severity: "none",
    });
  });

  test("shows no speed before the first answer, and one digit of a slow one", () => {
    expect(view({ ...ready, tokensPerSecond: null }).text).toBe("$(sparkle) CPU");
    expect(view({ ...ready, tokensPerSecond: 7.04 }).text).toBe("$(sparkle) CPU · 7.0 tok/s");
  });

  test("is never wider by a digit that the rounding made", () => {
    expect(view({ ...ready, tokensPerSecond: 9.96 }).text).toBe("$(sparkle) CPU · 10 tok/s");
  });

  test("spins and follows the speed while it generates", () => {
    const live = (tokensPerSecond: number) => view({ ...ready, generating: true, tokensPerSecond });
    expect(live(38.2).text).toBe("$(loading~spin) CPU · 38 tok/s");
    expect(live(41.7).text).toBe("$(loading~spin) CPU · 42 tok/s");
  });

  test("tells a screen reader that it generates, without figures that change", () => {
    const label = (tokensPerSecond: number) =>
      view({ ...ready, generating: true, tokensPerSecond }).label;
    expect(label(38.2)).toBe("Phi Sidecar: CPU, generating");
    expect(label(41.7)).toBe(label(38.2));
  });

  test("shows how far preparing has come, and says so without the figures", () => {
    const progress = { step: "Downloading", bytesDone: 120_400_000, bytesTotal: 250_000_000 };
    expect(view({ ...ready, phase: "preparing", progress })).toMatchObject({
      text: "$(sync~spin) Preparing 120/250 MB",
      label: "Phi Sidecar: preparing",
    });
    const large = { step: "Downloading", bytesDone: 1_240_000_000, bytesTotal: 2_300_000_000 };
    expect(view({ ...ready, phase: "preparing", progress: large }).text).toBe(
      "$(sync~spin) Preparing 1.2/2.3 GB",
    );
    expect(view({ ...ready, phase: "preparing", progress: { step: "Unpacking" } }).text).toBe(
      "$(sync~spin) Preparing",
    );
  });

  test("shows what is being loaded", () => {
    expect(view({ ...ready, phase: "loading" }).text).toBe("$(sync~spin) Loading CPU");
  });

  test("warns when unavailable", () => {
    const status = { ...ready, reason: "The disk is full.", remedy: "Free 300 MB." };
    expect(view({ ...status, phase: "unavailable" })).toMatchObject({
      text: "$(warning) CPU unavailable",
      severity: "warning",
    });
  });

  test("does not hide what went wrong when it answers all the same", () => {
    const fallen = view({ ...ready, reason: "The NPU failed.", remedy: "Update its driver." });
    expect(fallen.text).toBe("$(info) CPU · 92 tok/s");
  });

  test("says that completions are off", () => {
    expect(view(ready, { completions: { kind: "off" } })).toMatchObject({
      text: "$(circle-slash) CPU · 92 tok/s",
      label: "Phi Sidecar: CPU, 92 tokens per second, completions off",
    });
  });

  test("says until when completions are snoozed", () => {
    expect(view(ready, { completions: snoozed })).toMatchObject({
      text: "$(bell-slash) CPU · snoozed until 14:05",
      label: "Phi Sidecar: CPU, 92 tokens per second, completions snoozed until 14:05",
    });
  });

  test("shows a chat that is answered while completions are snoozed", () => {
    expect(view({ ...ready, generating: true }, { completions: snoozed }).text).toBe(
      "$(loading~spin) CPU · 92 tok/s",
    );
  });

  test("spins until the sidecar has told its status", () => {
    expect(view(undefined).text).toBe("$(sync~spin) Phi starting");
    expect(view(undefined, { sidecar: { kind: "starting" } }).text).toBe(
      "$(sync~spin) Phi starting",
    );
  });

  test("spins only while something goes on", () => {
    const states = [
      view(ready),
      view(ready, { completions: snoozed }),
      view({ ...ready, phase: "unavailable", generating: true }),
      view(undefined, { sidecar: failed }),
      view(undefined, { sidecar: { kind: "stopped" } }),
    ];
    expect(states.filter(({ text }) => text.includes("~spin"))).toEqual([]);
  });

  test("shows a failure", () => {
    expect(view(undefined, { sidecar: failed })).toMatchObject({
      text: "$(error) Phi failed",
      severity: "error",
    });
  });
});

describe("a click on the status bar item", () => {
  test("opens the list of accelerators", () => {
    const states = [view(ready), view({ ...ready, phase: "loading" }), view(undefined)];
    for (const { command } of states) {
      expect(command).toBe("phiSidecar.switchAccelerator");
    }
  });

  test("opens the menu where nothing answers, for the reason and what to do", () => {
    const states = [
      view({ ...ready, phase: "unavailable" }),
      view(undefined, { sidecar: failed }),
      view(undefined, { sidecar: { kind: "stopped" } }),
    ];
    for (const { command } of states) {
      expect(command).toBe("phiSidecar.showMenu");
    }
  });
});
