import { describe, expect, test } from "vitest";

import type { Environment } from "../generated/protocol";
import { actionRows, packageLines, runtimeRows } from "./runtimeRows";

const ready: Environment = {
  name: "openvino",
  title: "the OpenVINO runtime",
  state: "ready",
  packages: [
    { name: "openvino-genai", version: "2026.4.1", bytes: 12_000_000 },
    { name: "openvino", version: "2026.4.1", bytes: 50_000_000 },
    { name: "six", version: "1.17.0" },
  ],
  downloadBytes: 62_000_000,
  installBytes: 217_000_000,
  bytesOnDisk: 220_000_000,
};
const missing: Environment = { ...ready, state: "missing", bytesOnDisk: 0 };
const impossible: Environment = {
  ...missing,
  name: "npu",
  title: "ONNX Runtime GenAI",
  reason: "It has no package for this Python.",
  remedy: "Use Python 3.12.",
};

describe("the list of runtimes", () => {
  test("tells of each what there is of it and its size", () => {
    expect(
      runtimeRows([ready, { ...missing, title: "ONNX Runtime GenAI" }]).possible,
    ).toMatchObject([
      { icon: "check", label: "OpenVINO runtime", description: "ready · 220 MB on disk" },
      {
        icon: "cloud-download",
        label: "ONNX Runtime GenAI",
        description: "not installed · 62 MB to download",
      },
    ]);
  });

  test("says what is wrong with one that does not work", () => {
    const { possible } = runtimeRows([
      { ...ready, state: "broken" },
      { ...ready, state: "stale" },
    ]);
    expect(possible).toMatchObject([
      {
        icon: "warning",
        description: "broken · 220 MB on disk",
        detail: "It was not finished, or files of it are gone or changed.",
      },
      { icon: "history", description: "out of date · 220 MB on disk" },
    ]);
  });

  test("puts those that cannot be set up here behind, with the reason and what helps", () => {
    const { possible, others } = runtimeRows([impossible, ready]);
    expect(possible).toHaveLength(1);
    expect(others).toMatchObject([
      {
        icon: "circle-slash",
        description: "not installed",
        detail: "It has no package for this Python. Use Python 3.12.",
      },
    ]);
  });
});

describe("what can be done with a runtime", () => {
  test("is to set it up, with what that fetches and takes", () => {
    expect(actionRows(missing)).toEqual([
      {
        icon: "cloud-download",
        label: "Set up",
        description: "downloads 62 MB",
        detail: "Installs 3 packages, listed below, about 217 MB on disk.",
        action: "prepare",
      },
    ]);
  });

  test("is to remove one that is ready, and nothing else", () => {
    expect(actionRows(ready)).toMatchObject([
      { label: "Remove…", description: "frees 220 MB", action: "remove" },
    ]);
  });

  test("is to repair a broken one, to update an old one, or to remove either", () => {
    const labels = (environment: Environment) => actionRows(environment).map(({ label }) => label);
    expect(labels({ ...ready, state: "broken" })).toEqual(["Repair", "Remove…"]);
    expect(labels({ ...ready, state: "stale" })).toEqual(["Update", "Remove…"]);
  });

  test("is not to set up what cannot be, but what is left of it can be removed", () => {
    expect(actionRows(impossible)).toEqual([]);
    expect(actionRows({ ...impossible, bytesOnDisk: 1_000_000 })).toMatchObject([
      { action: "remove" },
    ]);
  });

  test("comes with its packages, the largest first", () => {
    expect(packageLines(ready)).toEqual([
      { label: "openvino 2026.4.1", description: "50 MB" },
      { label: "openvino-genai 2026.4.1", description: "12 MB" },
      { label: "six 1.17.0", description: "" },
    ]);
  });
});
