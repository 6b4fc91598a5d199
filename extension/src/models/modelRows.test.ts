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
  const { runnable, others } = modelRows({ models: [model] }, of);
  return runnable[0] ?? others[0];
};

describe("the list of models", () => {
  test("tells size, licence and what there is of each, the one that answers marked", () => {
    const { runnable } = modelRows({ models: [modelOf([int4, int8, original]), starter] }, status);
    expect(runnable).toMatchObject([
      {
        icon: "cloud-download",
        label: "Phi-3 mini",
        description: "2.2 GB to download · MIT licence",
        detail: "Available: int4 (2.2 GB), int8 (3.8 GB).",
        fetchable: true,
        removals: [],
      },
      {
        icon: "check",
        label: "SmolLM2 135M (starter)",
        description: "2.2 GB on disk · Apache-2.0 licence · active (q4_1)",
        detail: "The starter: small and quick to fetch, no match for Phi-3.",
        active: "q4_1",
        fetchable: false,
        removals: [],
      },
    ]);
  });

  test("says what is here and what is to be had", () => {
    expect(onlyRow(modelOf([here(int4), int8]))).toMatchObject({
      icon: "package",
      description: "2.2 GB on disk · MIT licence",
      detail: "Here: int4. Available: int8 (3.8 GB).",
      removals: [{}],
    });
  });

  test("puts those that the accelerator does not run behind, and says so", () => {
    const { runnable, others } = modelRows({ models: [modelOf([original]), starter] }, status);
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
    expect(row).toMatchObject({ description: "7.7 GB on disk · MIT licence", removals: [{}] });
  });

  test("tells where an imported one lies, and that it has gone", () => {
    expect(onlyRow(modelOf([imported]))?.detail).toBe("In /home/me/phi.");
    const gone = onlyRow(modelOf([{ ...imported, state: "missing", bytesOnDisk: 0 }]));
    expect(gone).toMatchObject({
      description: "gone · MIT licence",
      fetchable: false,
      removals: [{}],
    });
  });

  test("claims no download for a conversion whose original is here", () => {
    const dml = { ...status, accelerator: "onnxruntime-genai/DML", acceleratorName: "DirectML" };
    const row = onlyRow(modelOf([here(original), { ...conversion, downloadBytes: 0 }]), dml);
    expect(row).toMatchObject({ description: "MIT licence", fetchable: true });
  });

  test("marks the recommended one, with the sidecar's reason", () => {
    const why = "More able than the starter; fits this PC.";
    const row = onlyRow(modelOf([int4, int8], { recommended: true, recommendation: why }));
    expect(row).toMatchObject({
      description: "2.2 GB to download · MIT licence · recommended",
      detail: `${why} Available: int4 (2.2 GB), int8 (3.8 GB).`,
    });
  });

  test("says what is still to be fetched, and what is on its way", () => {
    const half = { ...int4, arrivedBytes: 1_000_000_000, bytesOnDisk: 1_000_000_000 };
    expect(onlyRow(modelOf([half]))?.description).toBe("1.2 GB to download · MIT licence");
    expect(onlyRow(modelOf([{ ...half, underWay: true }, int8]))).toMatchObject({
      icon: "sync",
      description: "on its way · MIT licence",
      detail: "On its way: int4. Available: int8 (3.8 GB).",
      removals: [],
    });
  });

  test("says what is outdated, and what to do about it", () => {
    const outdated = { ...here(conversion), state: "damaged", outdated: true } as const;
    const dml = { ...status, accelerator: "onnxruntime-genai/DML", acceleratorName: "DirectML" };
    expect(onlyRow(modelOf([outdated]), dml)?.detail).toBe(
      "Outdated: fp16. Its original has changed: take it to make it anew.",
    );
    const earlier = { ...here(int4), state: "damaged", outdated: true } as const;
    expect(onlyRow(modelOf([earlier]))?.detail).toBe("Outdated: int4. Take it to fetch it anew.");
  });

  test("a model's name cannot put icons into it", () => {
    expect(onlyRow(modelOf([int4], { name: "$(bug)" }))?.label).toBe("\\$(bug)");
  });
});
