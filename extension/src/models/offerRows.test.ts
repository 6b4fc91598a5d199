import { describe, expect, test } from "vitest";

import type { Model } from "../generated/protocol";
import { conversion, here, imported, int4, int8, modelOf, original } from "./models.fixture";
import { actionText, bareRows, offerRows } from "./offerRows";
import { offersOn } from "./offers";

const rows = (model: Model, accelerator = "openvino-genai/CPU", active?: string) =>
  offerRows(model, offersOn(model, accelerator), { purpose: "switch", active });

describe("the list of quantizations", () => {
  test("says what taking each does, what it means and where it comes from", () => {
    expect(rows(modelOf([int4, int8]))).toEqual([
      {
        icon: "cloud-download",
        label: "INT4",
        description: "Download 2.2 GB and switch · needs 3.7 GB of memory · recommended",
        detail: "The smallest and fastest; a little less exact. From OpenVINO/Phi-3-mini-int4-ov.",
        quantization: "int4",
      },
      {
        icon: "cloud-download",
        label: "INT8",
        description: "Download 3.8 GB and switch · needs 3.7 GB of memory",
        detail: "Half the size of FP16, and nearly as exact. From OpenVINO/Phi-3-mini-int8-ov.",
        quantization: "int8",
      },
    ]);
  });

  test("marks the one that answers, which nothing is done for", () => {
    const [active, other] = rows(modelOf([here(int4), here(int8)]), undefined, "int4");
    expect(active).toMatchObject({
      icon: "check",
      description: "active · needs 3.7 GB of memory · recommended",
    });
    expect(other).toMatchObject({
      icon: "package",
      description: "Switch · needs 3.7 GB of memory",
    });
    expect(other?.detail).toContain("Takes 3.8 GB on this computer.");
  });

  test("says of a conversion what it is made from, and that it is made here", () => {
    const dml = "onnxruntime-genai/DML";
    const [row] = rows(modelOf([original, conversion]), dml);
    expect(row?.description).toContain("Download 7.7 GB, convert and switch");
    expect(row?.detail).toContain("Made on this computer from microsoft/Phi-3-mini");
    const made = { ...conversion, downloadBytes: 0 };
    expect(rows(modelOf([here(original), made]), dml)[0]?.description).toMatch(
      /^Convert and switch/,
    );
  });

  test("says what an interrupted download has left, and what is still to come", () => {
    const [row] = rows(
      modelOf([{ ...int4, arrivedBytes: 900_000_000, bytesOnDisk: 1_200_000_000 }]),
    );
    expect(row?.description).toContain("Download 1.3 GB and switch");
    expect(row?.detail).toMatch(/^900 MB of 2\.2 GB are here already\. The smallest/);
  });

  test("takes what a runtime made of a model that was removed for no download", () => {
    const [row] = rows(modelOf([{ ...int4, bytesOnDisk: 900_000_000 }]));
    expect(row?.description).toContain("Download 2.2 GB");
    expect(row?.detail).not.toContain("here already");
  });

  test("waits for what is on its way already", () => {
    const [row] = rows(modelOf([{ ...int4, underWay: true }]));
    expect(row).toMatchObject({
      icon: "sync",
      detail: expect.stringContaining("It is being fetched or made at this moment."),
    });
    expect(row?.description).toMatch(/^Wait until it is here and switch/);
  });

  test("says why what is there is not taken as it is", () => {
    const outdated = { state: "damaged", outdated: true, bytesOnDisk: 1_000 } as const;
    const [made] = rows(modelOf([{ ...conversion, ...outdated }]), "onnxruntime-genai/DML");
    expect(made?.detail).toContain("What it was made from has changed: it is made anew.");
    const [fetched] = rows(modelOf([{ ...int4, ...outdated }]));
    expect(fetched?.detail).toContain("It is of an earlier version: it is fetched anew.");
    const [damaged] = rows(modelOf([{ ...int4, ...outdated, outdated: false }]));
    expect(damaged?.detail).toContain("Its files are damaged.");
  });

  test("says that what was imported has gone", () => {
    const [row] = rows(modelOf([{ ...imported, state: "missing" }]));
    expect(row?.icon).toBe("warning");
    expect(row?.detail).toContain("is gone");
  });

  test("names the download alone where nothing is switched", () => {
    expect(actionText({ kind: "fetch", bytes: 2_160_000_000 }, "download")).toBe("Download 2.2 GB");
    expect(actionText({ kind: "fetch", bytes: undefined }, "download")).toBe("Download");
    expect(actionText({ kind: "convert", bytes: 7_650_000_000 }, "download")).toBe(
      "Download 7.7 GB and convert",
    );
  });

  test("a folder's name cannot put icons into it", () => {
    const folder = { ...int4, location: "$(bug)" };
    expect(rows(modelOf([folder]))[0]?.detail).toContain("\\$(bug)");
  });

  test("recommends the first where nothing but the names is known, and means the same by each", () => {
    expect(bareRows(["int4", "unheard"], "unheard")).toEqual([
      {
        icon: "symbol-numeric",
        label: "INT4",
        description: "recommended",
        detail: "The smallest and fastest; a little less exact.",
        quantization: "int4",
      },
      { icon: "check", label: "UNHEARD", description: "active", quantization: "unheard" },
    ]);
  });
});
