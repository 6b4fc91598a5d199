import { describe, expect, test } from "vitest";

import { buildOf, here, int4, int8, modelOf, original } from "../models/models.fixture";
import { betterModel, offerText } from "./betterModel";

const starter = modelOf(
  [here(buildOf({ id: "starter", quantization: "q4_1", quantizations: ["q4_1"] }))],
  { id: "starter", name: "SmolLM2 135M (starter)", starter: true, selected: true },
);
const phi = modelOf([int4, int8], { name: "Phi-3 mini 4k instruct" });
const other = modelOf([int4], { id: "phi-3.5-mini", name: "Phi-3.5 mini instruct" });
const cpu = { accelerator: "openvino-genai/CPU" };
const machine = { freeBytes: 8e9, hasNetwork: true };

describe("what is offered instead of the starter", () => {
  test("is the first model that runs on its accelerator, in the recommended form", () => {
    expect(betterModel([starter, phi, other], cpu, machine)).toEqual({
      model: phi,
      quantization: "int4",
      bytes: 2_160_000_000,
    });
  });

  test("is nothing that another accelerator runs, or that has to be converted", () => {
    const npuOnly = modelOf([original]);
    const converted = modelOf([buildOf({ origin: "conversion" }), int8]);
    expect(betterModel([starter, npuOnly], cpu, machine)).toBeUndefined();
    expect(betterModel([starter, converted], cpu, machine)).toBeUndefined();
    expect(betterModel([starter, phi], { accelerator: "echo/none" }, machine)).toBeUndefined();
  });

  test("is nothing where there is too little memory, or no network", () => {
    expect(betterModel([starter, phi], cpu, { ...machine, freeBytes: 3.6e9 })).toBeUndefined();
    expect(betterModel([starter, phi], cpu, { ...machine, hasNetwork: false })).toBeUndefined();
  });

  test("is nothing where a better model is here: the starter was chosen", () => {
    expect(betterModel([starter, modelOf([int4, here(int8)])], cpu, machine)).toBeUndefined();
    expect(betterModel([starter, modelOf([here(int4)])], cpu, machine)).toBeUndefined();
    expect(betterModel([starter, phi, modelOf([here(int4)])], cpu, machine)).toBeUndefined();
  });
});

test.each([
  [phi, "Phi-3 mini"],
  [other, "Phi-3.5 mini"],
  [modelOf([int4], { name: "Phi" }), "Phi"],
])("the offer calls %# as people do, with its size", (model, name) => {
  const { message, get } = offerText({ model, quantization: "int4", bytes: 2_160_000_000 });
  expect(message).toContain(`${name} is more able than the starter: 2.2 GB to download.`);
  expect(get).toBe(`Get ${name}`);
});
