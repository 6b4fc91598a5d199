import { describe, expect, test } from "vitest";

import type { Accelerator } from "../generated/protocol";
import { aboutOf, complaintOf, offersQuantizations, remedyPage, rowsOf } from "./rows";

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
          description: "active · Phi-3 mini, int4 · 92 tokens/s",
          detail: "AMD EPYC 9B14",
          hasMore: false,
          accelerator: cpu,
        },
        { icon: "chip", label: "Echo", description: "", hasMore: false, accelerator: echo },
      ],
      others: [
        {
          icon: "circle-slash",
          label: "Intel NPU (OpenVINO)",
          description: "",
          detail: "This machine has no NPU. Use the CPU.",
          hasMore: true,
          accelerator: npu,
        },
      ],
    });
  });

  test("names a device once, where its name is the accelerator's as well", () => {
    const name = "GPU (OpenVINO): Intel Arc A770";
    expect(only({ ...echo, name, deviceName: "Intel Arc A770" })?.detail).toBeUndefined();
  });

  test("leaves marks of trade out of a maker's name, for the line to hold what matters", () => {
    const deviceName = "Intel(R) Arc(TM) A770 Graphics (dGPU)";
    expect(only({ ...cpu, name: `Intel GPU (OpenVINO): ${deviceName}`, deviceName })?.label).toBe(
      "Intel GPU (OpenVINO): Intel Arc A770 Graphics",
    );
    expect(only({ ...cpu, deviceName: "Intel(R) Arc(TM) 140V GPU (16GB)" })?.detail).toBe(
      "Intel Arc 140V GPU (16GB)",
    );
    expect(aboutOf({ ...cpu, deviceName })).toContain(deviceName);
  });

  test("marks the recommended one, and says why in a few words", () => {
    const recommended = {
      ...echo,
      recommended: true,
      recommendation: "It is the fastest here, as was measured.",
      recommendationBrief: "fastest here",
    };
    expect(only(recommended)).toMatchObject({
      icon: "star-full",
      description: "recommended",
      detail: "fastest here",
      hasMore: true,
    });
    expect(only({ ...recommended, active: true })).toMatchObject({
      icon: "check",
      description: "active · recommended",
    });
  });

  test("puts the marks first, where a long line does not cut them", () => {
    const both = { ...cpu, recommended: true, recommendation: "It works everywhere." };
    expect(only(both)?.description).toBe("active · recommended · Phi-3 mini, int4 · 92 tokens/s");
  });

  test("says what choosing one fetches, before what else there is to know", () => {
    const row = only({
      ...cpu,
      downloadBytes: 2_380_000_000,
      runtimeInstalled: false,
      recommendationBrief: "fastest here",
      reason: "Memory is short.",
      remedy: "Close other programs.",
    });
    expect(row?.detail).toBe(
      "AMD EPYC 9B14 · fetches 2.4 GB when chosen · fastest here" +
        " · Memory is short. Close other programs.",
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
    expect(only({ ...echo, tokensPerSecond: 7.04 })?.description).toBe("7.0 tokens/s");
  });

  test("says that choosing one sets its runtime up, where nobody knows how much that is", () => {
    expect(only({ ...echo, runtimeInstalled: false })?.detail).toBe(
      "sets its runtime up when chosen",
    );
  });

  test("tells what a usable one complains of", () => {
    const hot = { ...cpu, reason: "It was throttled.", remedy: "Cool it." };
    expect(only(hot)?.detail).toBe("AMD EPYC 9B14 · It was throttled. Cool it.");
    expect(only({ ...hot, active: false, recommended: true })?.icon).toBe("warning");
  });

  test("never leaves an unusable one without a reason", () => {
    expect(complaintOf({ ...npu, reason: null, remedy: null })).toBe(
      "It cannot be used on this machine.",
    );
  });
});

describe("all there is to say of an accelerator", () => {
  test("tells device, model, speed, the whole reason and what choosing it does", () => {
    const recommended = {
      ...cpu,
      recommendation: "It works everywhere, and keeps what it has read.",
      recommendationBrief: "works everywhere",
    };
    expect(aboutOf(recommended)).toBe(
      "CPU (OpenVINO), AMD EPYC 9B14. It runs Phi-3 mini, int4. It wrote 92 tokens/s here." +
        " Recommended: It works everywhere, and keeps what it has read.",
    );
    expect(aboutOf({ ...cpu, active: false, tokensPerSecond: null, downloadBytes: 2.4e9 })).toBe(
      "CPU (OpenVINO), AMD EPYC 9B14. It would run Phi-3 mini, int4." +
        " It fetches 2.4 GB when chosen.",
    );
  });

  test("tells what a usable one complains of, and of another why it cannot be used", () => {
    expect(aboutOf({ ...echo, reason: "It was throttled.", remedy: "Cool it." })).toBe(
      "Echo. It was throttled. Cool it.",
    );
    expect(aboutOf(npu)).toBe("Intel NPU (OpenVINO). This machine has no NPU. Use the CPU.");
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
