import { describe, expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import { nowOn, takingOf, targetWords } from "./target";

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

describe("choosing an accelerator", () => {
  const npu = { id: "openvino-genai/NPU", name: "Intel NPU (OpenVINO)" };

  test("switches to one that is neither there nor on its way", () => {
    expect(takingOf({ accelerator: npu }, { status, going: undefined })).toEqual({
      kind: "switch",
    });
    expect(takingOf({ accelerator: npu }, { status: undefined, going: undefined })).toEqual({
      kind: "switch",
    });
    expect(takingOf({ accelerator: npu }, { status, going: { accelerator } })).toEqual({
      kind: "switch",
    });
  });

  test("changes nothing where it answers already, and says so", () => {
    expect(takingOf({ accelerator }, { status, going: undefined })).toEqual({
      kind: "stay",
      words: "Already on CPU (OpenVINO)",
    });
  });

  test("ends a switch to another, or to another form of the model, whose end says the rest", () => {
    for (const going of [{ accelerator: npu }, { accelerator, quantization: "int8" }]) {
      expect(takingOf({ accelerator }, { status, going })).toEqual({ kind: "stay" });
    }
  });

  test("lets a switch to it go on, also where nothing answers meanwhile", () => {
    const loading: Status = { ...status, phase: "loading", accelerator: npu.id };
    for (const now of [status, loading]) {
      expect(takingOf({ accelerator: npu }, { status: now, going: { accelerator: npu } })).toEqual({
        kind: "wait",
        words: "Already switching to Intel NPU (OpenVINO)",
      });
    }
  });

  test("lets what is set up or loaded without a switch of this window go on", () => {
    for (const phase of ["preparing", "loading"] as const) {
      expect(takingOf({ accelerator }, { status: { ...status, phase }, going: undefined })).toEqual(
        {
          kind: "wait",
          words: "CPU (OpenVINO) is on its way",
        },
      );
    }
  });

  test("switches to another quantization or model on it, whatever is on its way there", () => {
    const going = { accelerator, model, quantization: "fp16" };
    const loading: Status = { ...status, phase: "loading", model: null };
    for (const now of [
      { status, going: undefined },
      { status, going },
      { status: loading, going: undefined },
      { status: loading, going },
    ]) {
      expect(takingOf({ accelerator, model, quantization: "int4" }, now)).toEqual({
        kind: "switch",
      });
      expect(takingOf({ accelerator, model: { ...model, id: "other" } }, now)).toEqual({
        kind: "switch",
      });
    }
    expect(takingOf(going, { status: loading, going })).toEqual({
      kind: "wait",
      words: "Already switching to Phi-3 mini, fp16",
    });
    expect(
      takingOf({ accelerator, quantization: "int8" }, { status, going: undefined }),
    ).toMatchObject({ kind: "stay" });
  });

  test("switches back to one whose setting up was left for another", () => {
    const preparing: Status = { ...status, phase: "preparing" };
    expect(takingOf({ accelerator }, { status: preparing, going: { accelerator: npu } })).toEqual({
      kind: "switch",
    });
  });

  test("tries one again that is not available", () => {
    const gone: Status = { ...status, phase: "unavailable" };
    expect(takingOf({ accelerator }, { status: gone, going: undefined })).toEqual({
      kind: "switch",
    });
  });
});
