import { describe, expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import { conversion, here, imported, int4, int8, modelOf, original } from "./models.fixture";
import { leftOver, removalsOf } from "./removals";

const answering = (quantization: string): Status => ({
  phase: "ready",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
  model: { id: "phi-3-mini", name: "Phi-3 mini", quantization, starter: false },
});
const labels = (...args: Parameters<typeof removalsOf>) =>
  removalsOf(...args).map(({ label }) => label);

describe("what can be removed of a model", () => {
  test("is what is on disk, with what comes free", () => {
    expect(removalsOf(modelOf([here(int4), int8]), undefined)).toEqual([
      {
        label: "Remove int4 for OpenVINO",
        description: "frees 2.2 GB",
        detail: "It can be downloaded again.",
        build: "openvino-int4",
      },
    ]);
  });

  test("is all at once as well, where there are several", () => {
    const [all, ...each] = removalsOf(modelOf([here(int4), here(original)]), undefined);
    expect(all).toMatchObject({
      label: "Remove all of it",
      description: "frees 9.8 GB",
      build: null,
    });
    expect(each.map(({ build }) => build)).toEqual(["openvino-int4", "original"]);
  });

  test("is never what answers now", () => {
    const model = modelOf([here(int4), here(int8)]);
    expect(labels(model, answering("int4"))).toEqual(["Remove int8 for OpenVINO"]);
    expect(labels(modelOf([here(int4)]), answering("int4"))).toEqual([]);
  });

  test("is a place in the list, where it was imported: its files stay", () => {
    expect(removalsOf(modelOf([imported, here(conversion)]), undefined)).toMatchObject([
      {
        label: "Take it off the list",
        description: "frees 7.7 GB",
        detail: "What is in /home/me/phi stays.",
        build: null,
      },
      { label: "Remove fp16 for ONNX Runtime", detail: "It can be made again." },
    ]);
  });

  test("is what is left over of it as well, with its size, and goes with all of it", () => {
    const left = [
      { model: "phi-3-mini", build: "int3", bytes: 1_000_000_000 },
      { model: "another", bytes: 7 },
    ];
    expect(removalsOf(modelOf([here(int4)]), undefined, left)).toMatchObject([
      { label: "Remove all of it", description: "frees 3.2 GB", build: null },
      { label: "Remove int4 for OpenVINO" },
      { label: "Remove what is left over from int3", description: "frees 1.0 GB", build: "int3" },
    ]);
  });

  test("is nothing that is on its way, which would have to be waited for", () => {
    const coming = { ...int4, bytesOnDisk: 5_000_000, underWay: true };
    const model = modelOf([coming, here(int8), here(original)]);
    expect(labels(model, undefined)).toEqual([
      "Remove int8 for OpenVINO",
      "Remove fp16 for the NPU library, and to convert",
    ]);
  });
});

test("what is left over of a model that is not known is named after its folder", () => {
  expect(leftOver({ model: "$(bug)", bytes: 2_100_000_000 })).toMatchObject({
    label: "Remove what is left over from \\$(bug)",
    description: "frees 2.1 GB",
    build: null,
  });
});
