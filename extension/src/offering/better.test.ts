import { describe, expect, test } from "vitest";

import { buildOf, here, int4, modelOf } from "../models/models.fixture";
import { betterOf, offerText } from "./better";

const starter = modelOf([here(buildOf({ id: "starter" }))], { id: "starter", starter: true });
const phi = modelOf([int4], { name: "Phi-3 mini 4k instruct" });
const offer = { model: phi.id, quantization: "int4", downloadBytes: 2_160_000_000 };

describe("what there is in the starter's place", () => {
  test("is what the sidecar offers", () => {
    expect(betterOf({ models: [starter, phi], offer })).toEqual({
      kind: "offer",
      model: phi,
      quantization: "int4",
      bytes: 2_160_000_000,
    });
  });

  test("is nothing where it offers nothing, or what it does not list", () => {
    expect(betterOf({ models: [starter, phi] })).toBeUndefined();
    expect(betterOf({ models: [starter, phi], offer: null })).toBeUndefined();
    expect(betterOf({ models: [starter], offer })).toBeUndefined();
  });

  test("is on its way where it is being fetched, which the starter is not", () => {
    const coming = modelOf([buildOf({ underWay: true })]);
    expect(betterOf({ models: [starter, coming] })).toEqual({ kind: "underWay", model: coming });
    const repaired = modelOf([buildOf({ underWay: true })], { starter: true });
    expect(betterOf({ models: [repaired, phi] })).toBeUndefined();
  });
});

test.each([
  ["Phi-3 mini 4k instruct", "Phi-3 mini"],
  ["Phi-3.5 mini instruct", "Phi-3.5 mini"],
  ["Phi", "Phi"],
])("the offer calls %s as people do, with its size", (name, short) => {
  const { message, get } = offerText({
    kind: "offer",
    model: modelOf([int4], { name }),
    quantization: "int4",
    bytes: 2_160_000_000,
  });
  expect(message).toContain(`${short} is more able than the starter: 2.2 GB to download.`);
  expect(get).toBe(`Get ${short}`);
});
