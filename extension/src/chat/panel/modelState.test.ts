import { describe, expect, test } from "vitest";

import { FakeSidecar, ready } from "../chat.fixture";
import { modelState } from "./modelState";

const running = new FakeSidecar().state;

describe("whether a model answers", () => {
  test("is told by name, and that it is the starter", () => {
    expect(modelState(running, ready)).toEqual({
      kind: "ready",
      model: "Starter",
      starter: true,
      accelerator: "CPU (OpenVINO)",
    });
  });

  test("is not known before the sidecar has told", () => {
    const starting = { kind: "preparing", step: "Starting the sidecar", percentage: null };
    expect(modelState({ kind: "starting" }, undefined)).toEqual(starting);
    expect(modelState({ kind: "stopped" }, undefined)).toEqual(starting);
    expect(modelState(running, undefined)).toEqual(starting);
  });

  test("is told by step and percentage while it is prepared", () => {
    const progress = { step: "Downloading", bytesDone: 99, bytesTotal: 400 };
    expect(modelState(running, { ...ready, phase: "preparing", progress })).toEqual({
      kind: "preparing",
      step: "Downloading",
      percentage: 24,
    });
    const unknown = { step: "Downloading", bytesDone: 99, bytesTotal: null };
    expect(modelState(running, { ...ready, phase: "preparing", progress: unknown })).toMatchObject({
      percentage: null,
    });
    expect(modelState(running, { ...ready, phase: "loading" })).toMatchObject({
      step: "Loading the model",
    });
  });

  test("is told by reason, remedy and what helps where none will", () => {
    const none = { ...ready, phase: "unavailable", reason: "No driver.", remedy: "Install it." };
    expect(modelState(running, none as typeof ready)).toMatchObject({
      kind: "unavailable",
      reason: "No driver.",
      remedy: "Install it.",
      commands: [
        { command: "phiSidecar.tryAgain" },
        { command: "phiSidecar.switchAccelerator" },
        { command: "phiSidecar.showLog" },
      ],
    });
  });

  test("offers of a failed sidecar what the panel can do", () => {
    const failure = {
      reason: "No Python.",
      remedy: "Install one.",
      fixes: ["installPython", "restart", "showLog"],
    } as const;
    expect(modelState({ kind: "failed", failure }, undefined)).toEqual({
      kind: "unavailable",
      reason: "No Python.",
      remedy: "Install one.",
      commands: [
        { title: "Restart", command: "phiSidecar.restart" },
        { title: "Show log", command: "phiSidecar.showLog" },
      ],
    });
  });
});
