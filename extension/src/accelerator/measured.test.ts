import { describe, expect, test } from "vitest";

import type { AcceleratorMeasurement } from "../generated/protocol";
import { measuredRows, verdictOf } from "./measured";

const measurementOf = (
  id: string,
  more: Partial<AcceleratorMeasurement> = {},
): AcceleratorMeasurement => ({
  id,
  name: id.toUpperCase(),
  model: "Phi-3 mini",
  quantization: "int4",
  promptTokens: 250,
  ttftMs: 840,
  ...more,
});

const cpu = measurementOf("cpu", { tokensPerSecond: 11.8 });
const gpu = measurementOf("gpu", { tokensPerSecond: 24.6 });
const npu = measurementOf("npu", { tokensPerSecond: 9.4 });
const missing: AcceleratorMeasurement = {
  id: "dml",
  name: "DML",
  reason: "Its runtime is not installed.",
  remedy: "Switch to it once.",
};

describe("the verdict", () => {
  test("tells the speeds, the fastest first, and offers the best where another answers", () => {
    const { text, better } = verdictOf({ measurements: [cpu, npu, gpu], best: "gpu" }, "cpu");
    expect(text).toBe("GPU 25 tokens/s, CPU 12, NPU 9.4. Best here: GPU.");
    expect(better).toBe(gpu);
  });

  test("says why where the fastest is not the best", () => {
    const why = "It answers a suggestion while a chat is being written.";
    const { text } = verdictOf({ measurements: [cpu, gpu], best: "cpu", why }, "gpu");
    expect(text).toBe(`GPU 25 tokens/s, CPU 12. Best here: CPU. ${why}`);
  });

  test("compares only what ran the same model", () => {
    const starter = measurementOf("cpu", { model: "The starter", tokensPerSecond: 95 });
    const { text, better } = verdictOf({ measurements: [starter, gpu], best: "cpu" }, "gpu");
    expect(text).toBe("CPU 95 tokens/s. One was left out; the details say why.");
    expect(better).toBeUndefined();
  });

  test("offers nothing where the best answers already", () => {
    expect(verdictOf({ measurements: [cpu, gpu], best: "gpu" }, "gpu").better).toBeUndefined();
  });

  test("compares nothing where there is one alone, and says that others were left out", () => {
    const one = verdictOf({ measurements: [cpu, missing], best: "cpu" }, "cpu");
    expect(one.text).toBe("CPU 12 tokens/s. One was left out; the details say why.");
    const more = verdictOf({ measurements: [cpu, missing, missing], best: "cpu" }, "cpu");
    expect(more.text).toBe("CPU 12 tokens/s. 2 were left out; the details say why.");
  });

  test("says so where nothing could be measured", () => {
    const { text, better } = verdictOf({ measurements: [missing] }, "cpu");
    expect(text).toBe("No accelerator could be measured. One was left out; the details say why.");
    expect(better).toBeUndefined();
    expect(verdictOf({ measurements: [] }, "cpu").text).toBe("No accelerator could be measured.");
  });

  test("does not take one for measured whose answer was too short to tell", () => {
    const short = measurementOf("npu", { tokensPerSecond: null, reason: "It ended too soon." });
    expect(verdictOf({ measurements: [short, cpu], best: "cpu" }, "cpu").text).toContain(
      "One was left out",
    );
  });
});

describe("the details", () => {
  const rows = measuredRows({ measurements: [cpu, missing, gpu], best: "gpu" }, "npu");

  test("list what was measured, the fastest first, then what was left out", () => {
    expect(rows.map(({ label }) => label)).toEqual(["GPU", "CPU", "DML"]);
    expect(rows.map(({ icon }) => icon)).toEqual(["star-full", "chip", "circle-slash"]);
  });

  test("say with which model, and how long the first word took", () => {
    expect(rows[0]).toMatchObject({
      description: "25 tokens/s · best here",
      detail: "Phi-3 mini, int4 · first word 0.8 s after a prompt of 250 tokens",
    });
    expect(rows[1]?.description).toBe("12 tokens/s");
  });

  test("mark the one that answers", () => {
    const [first, second] = measuredRows({ measurements: [cpu, gpu], best: "gpu" }, "gpu");
    expect(first).toMatchObject({
      icon: "check",
      description: "25 tokens/s · active · best here",
    });
    expect(second).toMatchObject({ icon: "chip", description: "12 tokens/s" });
  });

  test("say why one was left out, and what helps", () => {
    expect(rows[2]).toMatchObject({
      description: "not measured",
      detail: "Its runtime is not installed. Switch to it once.",
    });
  });

  test("draw no icons from a model's name", () => {
    const model = "$(flame) mine";
    const [row] = measuredRows({ measurements: [{ ...cpu, model }] }, undefined);
    expect(row?.detail).toContain("\\$(flame) mine");
  });
});
