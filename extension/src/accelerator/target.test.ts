import { describe, expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import { nowOn, targetWords } from "./target";

const accelerator = { id: "openvino-genai/CPU", name: "CPU (OpenVINO)" };
const model = { id: "phi", name: "Phi-3 mini" };
const status: Status = {
  phase: "ready",
  accelerator: accelerator.id,
  acceleratorName: accelerator.name,
  model: { ...model, quantization: "int8", starter: false },
};

describe("what is switched to", () => {
  test("is named by what the person chose of it", () => {
    expect(targetWords({ accelerator })).toBe("CPU (OpenVINO)");
    expect(targetWords({ accelerator, quantization: "int8" })).toBe("CPU (OpenVINO), int8");
    expect(targetWords({ accelerator, model, quantization: "int8" })).toBe("Phi-3 mini, int8");
  });

  test("is told afterwards with the model, where that was chosen", () => {
    expect(nowOn({ accelerator }, status)).toBe("Now on CPU (OpenVINO)");
    expect(nowOn({ accelerator, model }, status)).toBe("Now on CPU (OpenVINO): Phi-3 mini, int8");
  });

  test("is told by the accelerator alone where nothing is known of a model", () => {
    expect(nowOn({ accelerator, model }, { ...status, model: null })).toBe("Now on CPU (OpenVINO)");
  });
});
