import type { Model, ModelBuild } from "../generated/protocol";

const missing: ModelBuild = {
  id: "openvino-int4",
  format: "openvino",
  quantization: "int4",
  quantizations: ["int4"],
  accelerators: ["openvino-genai/CPU", "openvino-genai/GPU"],
  origin: "hub",
  location: "OpenVINO/Phi-3-mini-int4-ov",
  verified: true,
  state: "missing",
  downloadBytes: 2_160_000_000,
  memoryBytes: 3_660_000_000,
  bytesOnDisk: 0,
};

/** A build that is not here, unless it is said to be. */
export const buildOf = (more: Partial<ModelBuild> = {}): ModelBuild => ({ ...missing, ...more });

/** The same build, with its files. */
export const here = (build: ModelBuild): ModelBuild => ({
  ...build,
  state: "ready",
  bytesOnDisk: build.downloadBytes ?? 1_000_000_000,
});

export const int4 = buildOf();
export const int8 = buildOf({
  id: "openvino-int8",
  quantization: "int8",
  quantizations: ["int8"],
  location: "OpenVINO/Phi-3-mini-int8-ov",
  downloadBytes: 3_830_000_000,
});
/** Quantized by the NPU library while it loads, and what the conversions are made from. */
export const original = buildOf({
  id: "original",
  format: "transformers",
  quantization: "fp16",
  quantizations: ["int8", "fp16", "int4"],
  accelerators: ["intel-npu/NPU"],
  location: "microsoft/Phi-3-mini",
  downloadBytes: 7_650_000_000,
});
export const conversion = buildOf({
  id: "onnx-fp16-dml",
  format: "onnx",
  quantization: "fp16",
  quantizations: ["fp16"],
  accelerators: ["onnxruntime-genai/DML"],
  origin: "conversion",
  location: null,
  downloadBytes: 7_650_000_000,
});
export const imported = here(
  buildOf({ id: "folder", origin: "folder", location: "/home/me/phi", downloadBytes: null }),
);

export const modelOf = (builds: readonly ModelBuild[], more: Partial<Model> = {}): Model => ({
  id: "phi-3-mini",
  name: "Phi-3 mini",
  licence: "MIT",
  contextWindow: 4096,
  starter: false,
  selected: false,
  builds: [...builds],
  ...more,
});
