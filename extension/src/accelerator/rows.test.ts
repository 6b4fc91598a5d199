import { expect, test } from "vitest";

import { rowsOf } from "./rows";

const cpu = {
  id: "openvino-genai/CPU",
  backend: "openvino-genai",
  device: "CPU",
  name: "CPU (OpenVINO)",
  present: true,
  runtimeInstalled: true,
  usable: true,
  active: true,
};
const npu = {
  ...cpu,
  id: "openvino-genai/NPU",
  device: "NPU",
  name: "Intel NPU (OpenVINO)",
  present: false,
  usable: false,
  active: false,
  reason: "This machine has no NPU.",
  remedy: "Use the CPU.",
};
const echo = { ...cpu, id: "echo/echo", name: "Echo", active: false };

test("the usable ones come first, the active one marked, the others with their reason", () => {
  const { usable, others } = rowsOf([npu, cpu, echo]);
  expect(usable).toEqual([
    {
      label: "$(check) CPU (OpenVINO)",
      description: "openvino-genai/CPU · active",
      accelerator: cpu,
    },
    { label: "$(chip) Echo", description: "echo/echo", accelerator: echo },
  ]);
  expect(others).toEqual([
    {
      label: "$(circle-slash) Intel NPU (OpenVINO)",
      description: "openvino-genai/NPU",
      detail: "This machine has no NPU. Use the CPU.",
      accelerator: npu,
    },
  ]);
});
