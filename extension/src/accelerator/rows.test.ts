import { describe, expect, test } from "vitest";

import type { Accelerator } from "../generated/protocol";
import { complaintOf, offersQuantizations, remedyPage, rowsOf } from "./rows";

const cpu: Accelerator = {
  id: "openvino-genai/CPU",
  backend: "openvino-genai",
  device: "CPU",
  name: "CPU (OpenVINO)",
  present: true,
  runtimeInstalled: true,
  usable: true,
  active: true,
  deviceName: "AMD EPYC 9B14",
  tokensPerSecond: 92.4,
  model: "Phi-3 mini",
  quantization: "int4",
  quantizations: ["int4", "int8"],
};
const npu: Accelerator = {
  ...cpu,
  id: "openvino-genai/NPU",
  device: "NPU",
  name: "Intel NPU (OpenVINO)",
  present: false,
  usable: false,
  active: false,
  deviceName: null,
  tokensPerSecond: null,
  reason: "This machine has no NPU.",
  remedy: "Use the CPU.",
};
const echo: Accelerator = {
  ...cpu,
  id: "echo/echo",
  name: "Echo",
  active: false,
  deviceName: null,
  tokensPerSecond: null,
  model: null,
  quantization: null,
  quantizations: [],
};

const only = (accelerator: Accelerator) => {
  const { usable, others } = rowsOf([accelerator]);
  return usable[0] ?? others[0];
};

describe("the list of accelerators", () => {
  test("has the usable ones first, the active one marked, the others with their reason", () => {
    expect(rowsOf([npu, cpu, echo])).toEqual({
      usable: [
        {
          icon: "check",
          label: "CPU (OpenVINO)",
          description: "Phi-3 mini, int4 · 92 tokens/s here · active",
          detail: "AMD EPYC 9B14",
          accelerator: cpu,
        },
        { icon: "chip", label: "Echo", description: "", accelerator: echo },
      ],
      others: [
        {
          icon: "circle-slash",
          label: "Intel NPU (OpenVINO)",
          description: "",
          detail: "This machine has no NPU. Use the CPU.",
          accelerator: npu,
        },
      ],
    });
  });

  test("names a device once, where its name is the accelerator's as well", () => {
    const name = "GPU (OpenVINO): Intel Arc A770";
    expect(only({ ...echo, name, deviceName: "Intel Arc A770" })?.detail).toBeUndefined();
  });

  test("marks the recommended one and says why", () => {
    const recommended = { ...echo, recommended: true, recommendation: "It is the fastest here." };
    expect(only(recommended)).toMatchObject({
      icon: "star-full",
      description: "recommended",
      detail: "It is the fastest here.",
    });
    expect(only({ ...recommended, active: true })).toMatchObject({
      icon: "check",
      description: "recommended · active",
    });
  });

  test("says of a long reason what the line has room for, and keeps the whole beside it", () => {
    const recommendation =
      "It works everywhere, keeps what it has read, and answers a suggestion while a chat is being written.";
    expect(only({ ...cpu, recommended: true, recommendation })).toMatchObject({
      detail: "AMD EPYC 9B14 · It works everywhere, keeps what it has read.",
      why: recommendation,
    });
    const twice = { ...cpu, recommended: true, recommendation: "It is measured, so to say. Yes." };
    expect(only(twice)?.why).toBeUndefined();
    const crowded = {
      reason: "Phi-3 mini needs about 3.7 GB of memory; 2.1 GB are free.".repeat(2),
    };
    expect(only({ ...cpu, ...crowded, recommended: true, recommendation })).toMatchObject({
      detail: `AMD EPYC 9B14 · ${crowded.reason}`,
      why: recommendation,
    });
  });

  test("says what choosing one fetches, before what else there is to know", () => {
    const row = only({
      ...cpu,
      downloadBytes: 2_380_000_000,
      runtimeInstalled: false,
      recommendation: "It is the fastest here.",
    });
    expect(row?.detail).toBe(
      "AMD EPYC 9B14 · Fetches 2.4 GB when you choose it. It is the fastest here.",
    );
    expect(only({ ...cpu, downloadBytes: 0 })?.detail).toBe("AMD EPYC 9B14");
  });

  test("tells of one that is not usable its device and the reason, and no model", () => {
    expect(only({ ...cpu, usable: false, reason: "Its driver is too old." })).toMatchObject({
      description: "AMD EPYC 9B14",
      detail: "Its driver is too old.",
    });
  });

  test("offers quantizations where there is a choice and it can be used", () => {
    expect(offersQuantizations(cpu)).toBe(true);
    expect(offersQuantizations({ ...cpu, usable: false })).toBe(false);
    expect(offersQuantizations({ ...cpu, quantizations: ["int4"] })).toBe(false);
    expect(offersQuantizations(echo)).toBe(false);
  });

  test("a model's name cannot put icons into it", () => {
    expect(only({ ...cpu, model: "$(bug)" })?.description).toContain("\\$(bug), int4");
  });

  test("shows one digit more of a slow one", () => {
    expect(only({ ...echo, tokensPerSecond: 7.04 })?.description).toBe("7.0 tokens/s here");
  });

  test("says that choosing one sets its runtime up, where nobody knows how much that is", () => {
    expect(only({ ...echo, runtimeInstalled: false })?.detail).toBe(
      "Its runtime is set up when you choose it.",
    );
  });

  test("tells what a usable one complains of", () => {
    expect(only({ ...cpu, reason: "It was throttled.", remedy: "Cool it." })?.detail).toBe(
      "AMD EPYC 9B14 · It was throttled. Cool it.",
    );
  });

  test("never leaves an unusable one without a reason", () => {
    expect(complaintOf({ ...npu, reason: null, remedy: null })).toBe(
      "It cannot be used on this machine.",
    );
  });
});

describe("the page of a remedy", () => {
  test("is offered where there is one", () => {
    expect(remedyPage({ ...npu, remedyUrl: "https://example.org/npu" })).toBe(
      "https://example.org/npu",
    );
    expect(remedyPage(npu)).toBeUndefined();
  });

  test("is none that runs a command, opens a file or can be altered on the way", () => {
    for (const remedyUrl of ["command:evil", "file:///etc/passwd", "http://example.org"]) {
      expect(remedyPage({ ...npu, remedyUrl })).toBeUndefined();
    }
  });
});
