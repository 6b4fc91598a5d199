import { describe, expect, test } from "vitest";

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
import { gettingOf, offersOn } from "./offers";

const phi = modelOf([int4, int8, original, conversion]);
const quantizations = (accelerator: string) =>
  offersOn(phi, accelerator).map(({ quantization }) => quantization);

describe("what can be chosen of a model", () => {
  test("is what runs on the accelerator, the recommended first", () => {
    expect(quantizations("openvino-genai/CPU")).toEqual(["int4", "int8"]);
    expect(quantizations("intel-npu/NPU")).toEqual(["int8", "fp16", "int4"]);
    expect(quantizations("openvino-genai/NPU")).toEqual([]);
  });

  test("is the same on each device of a kind, and not on another whose name begins alike", () => {
    expect(quantizations("openvino-genai/GPU.1")).toEqual(["int4", "int8"]);
    expect(quantizations("openvino-genai/GPUX")).toEqual([]);
  });

  test("takes the first of several builds of a quantization", () => {
    const second = buildOf({ id: "second" });
    const [offer] = offersOn(modelOf([int4, second]), "openvino-genai/CPU");
    expect(offer?.build).toBe(int4);
  });
});

describe("what it takes until a model runs", () => {
  test("is nothing where it is here", () => {
    expect(gettingOf(here(int4))).toEqual({ kind: "nothing" });
  });

  test("is a download, also where its files are damaged", () => {
    const fetch = { kind: "fetch", bytes: 2_160_000_000 };
    expect(gettingOf(int4)).toEqual(fetch);
    expect(gettingOf({ ...here(int4), state: "damaged" })).toEqual(fetch);
  });

  test("is a conversion, and a download of the original where that is not here", () => {
    expect(gettingOf(conversion)).toEqual({ kind: "convert", bytes: 7_650_000_000 });
    const withOriginal = { ...conversion, downloadBytes: 0 };
    expect(gettingOf(withOriginal)).toEqual({ kind: "convert", bytes: 0 });
  });

  test("is only what an interrupted download has not left", () => {
    const half = { ...int4, arrivedBytes: 1_000_000_000, bytesOnDisk: 1_500_000_000 };
    expect(gettingOf(half)).toEqual({ kind: "fetch", bytes: 1_160_000_000 });
    expect(gettingOf({ ...half, arrivedBytes: 3e9 })).toEqual({ kind: "fetch", bytes: 0 });
  });

  test("is to wait where it is on its way already", () => {
    expect(gettingOf({ ...int4, underWay: true })).toEqual({ kind: "underWay" });
  });

  test("cannot be had where what was imported has gone", () => {
    expect(gettingOf({ ...imported, state: "missing" })).toEqual({ kind: "gone" });
  });

  test("is not known where the size is not", () => {
    expect(gettingOf({ ...int4, downloadBytes: null })).toEqual({
      kind: "fetch",
      bytes: undefined,
    });
  });
});
