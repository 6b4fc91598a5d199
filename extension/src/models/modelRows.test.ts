import { describe, expect, test } from "vitest";

import type { Model, Status } from "../generated/protocol";
import { modelRows } from "./modelRows";
import {
  buildOf,
  conversion,
  here,
  imported,
  int4,
  int8,
  modelOf,
  original,
} from "./models.fixture";

const starter = modelOf(
  [here(buildOf({ id: "q4_1", quantization: "q4_1", quantizations: ["q4_1"], origin: "package" }))],
  { id: "starter", name: "SmolLM2 135M (starter)", licence: "Apache-2.0", starter: true },
);
const status: Status = {
  phase: "ready",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
  model: { id: "starter", name: starter.name, quantization: "q4_1", starter: true },
};
const onlyRow = (model: Model, of: Status = status) => {
  const { runnable, others } = modelRows([model], of);
  return runnable[0] ?? others[0];
};

describe("the list of models", () => {
  test("tells size, licence and what there is of each, the one that answers marked", () => {
    const { runnable } = modelRows([modelOf([int4, int8, original]), starter], status);
    expect(runnable).toMatchObject([
      {
        icon: "cloud-download",
        label: "Phi-3 mini",
        description: "2.2 GB to download · MIT licence",
        detail: "Available: int4 (2.2 GB), int8 (3.8 GB).",
        fetchable: true,
        removable: false,
      },
      {
        icon: "check",
        label: "SmolLM2 135M (starter)",
        description: "2.2 GB on disk · Apache-2.0 licence · active (q4_1)",
        detail: "The starter: small and quick to fetch, no match for Phi-3.",
        active: "q4_1",
        fetchable: false,
        removable: false,
      },
    ]);
  });

  test("says what is here and what is to be had", () => {
    expect(onlyRow(modelOf([here(int4), int8]))).toMatchObject({
      icon: "package",
      description: "2.2 GB on disk · MIT licence",
      detail: "Here: int4. Available: int8 (3.8 GB).",
      removable: true,
    });
  });

  test("puts those that the accelerator does not run behind, and says so", () => {
    const { runnable, others } = modelRows([modelOf([original]), starter], status);
    expect(runnable.map(({ label }) => label)).toEqual(["SmolLM2 135M (starter)"]);
    expect(others).toMatchObject([
      {
        icon: "circle-slash",
        detail: "It does not run on CPU (OpenVINO): switch the accelerator first.",
      },
    ]);
  });

  test("marks one that was chosen but does not answer as selected", () => {
    const selected = modelOf([int4], { selected: true });
    expect(onlyRow(selected)?.description).toBe("2.2 GB to download · MIT licence · selected");
  });

  test("offers an original that only other accelerators use to be removed", () => {
    const row = onlyRow(modelOf([here(original)]));
    expect(row).toMatchObject({ description: "7.7 GB on disk · MIT licence", removable: true });
  });

  test("tells where an imported one lies, and that it has gone", () => {
    expect(onlyRow(modelOf([imported]))?.detail).toBe("In /home/me/phi.");
    const gone = onlyRow(modelOf([{ ...imported, state: "missing", bytesOnDisk: 0 }]));
    expect(gone).toMatchObject({
      description: "gone · MIT licence",
      fetchable: false,
      removable: true,
    });
  });

  test("claims no download for a conversion whose original is here", () => {
    const dml = { ...status, accelerator: "onnxruntime-genai/DML", acceleratorName: "DirectML" };
    const row = onlyRow(modelOf([here(original), conversion]), dml);
    expect(row).toMatchObject({ description: "MIT licence", fetchable: true });
  });

  test("a model's name cannot put icons into it", () => {
    expect(onlyRow(modelOf([int4], { name: "$(bug)" }))?.label).toBe("\\$(bug)");
  });
});
