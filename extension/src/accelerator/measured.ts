import type { AcceleratorMeasurement, MeasureAcceleratorsResult } from "../generated/protocol";
import { plain } from "../lists/plain";
import { modelWords } from "../models/quantizations";
import { speedFigure } from "./speed";

/** What a round of measuring comes to. */
export interface Verdict {
  /** In sentences. */
  readonly text: string;
  /** The best one, where it is not the one that answers. */
  readonly better?: AcceleratorMeasurement;
}

/** A line of what was measured. */
export interface MeasuredRow {
  /** The name of a codicon. Not in the label, where a screen reader would read it out. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  readonly measurement: AcceleratorMeasurement;
}

/** Says which accelerator is the best, and how fast each is. */
export function verdictOf(
  { measurements, best: bestId, why }: MeasureAcceleratorsResult,
  activeId: string | undefined,
): Verdict {
  const all = bySpeed(measurements);
  const best = all.find(({ id }) => id === bestId);
  // Another model's speed says nothing of the accelerator.
  const compared = (best ?? all[0])?.model;
  const measured = all.filter(({ model }) => model === compared);
  const left = leftOut(measurements.length - measured.length);
  if (measured.length === 0) {
    return { text: ["No accelerator could be measured.", left].filter(Boolean).join(" ") };
  }
  const figures = measured.map(({ name, tokensPerSecond }, index) =>
    [name, speedFigure(tokensPerSecond), ...(index === 0 ? ["tokens/s"] : [])].join(" "),
  );
  const sentences = [`${figures.join(", ")}.`];
  if (best !== undefined && measured.length > 1) {
    sentences.push(`Best here: ${best.name}.`);
    // The figures say it where the fastest is the best.
    if (why && best !== measured[0]) {
      sentences.push(why);
    }
  }
  const text = [...sentences, left].filter(Boolean).join(" ");
  const isBetter = best !== undefined && best.id !== activeId && measured.length > 1;
  return isBetter ? { text, better: best } : { text };
}

/** Lists what was measured, the fastest first, then what was not, with the reason. */
export function measuredRows(
  { measurements, best }: MeasureAcceleratorsResult,
  activeId: string | undefined,
): MeasuredRow[] {
  const measured = bySpeed(measurements);
  const others = measurements.filter((one) => !isMeasured(one));
  const active = (id: string) => id === activeId;
  return [...measured, ...others].map((measurement) => {
    const { id, model, name, quantization, reason, remedy } = measurement;
    const detail = isMeasured(measurement)
      ? [model && modelWords(model, quantization), readingWords(measurement)]
          .filter(Boolean)
          .join(" · ")
      : [reason, remedy].filter(Boolean).join(" ");
    const marks = [active(id) ? "active" : "", best === id ? "best here" : ""];
    return {
      icon: active(id) ? "check" : iconOf(measurement, best === id),
      label: plain(name),
      description: isMeasured(measurement)
        ? [`${speedFigure(measurement.tokensPerSecond)} tokens/s`, ...marks]
            .filter(Boolean)
            .join(" · ")
        : "not measured",
      ...(detail !== "" && { detail: plain(detail) }),
      measurement,
    };
  });
}

type Measured = AcceleratorMeasurement & { readonly tokensPerSecond: number };

/** Whether it is known how fast it writes, which is what is compared. */
export const isMeasured = (one: AcceleratorMeasurement): one is Measured =>
  typeof one.tokensPerSecond === "number";

const bySpeed = (measurements: readonly AcceleratorMeasurement[]): Measured[] =>
  measurements.filter(isMeasured).sort((one, other) => other.tokensPerSecond - one.tokensPerSecond);

function leftOut(count: number): string | undefined {
  if (count === 0) {
    return undefined;
  }
  return `${count === 1 ? "One was" : `${count} were`} left out; the details say why.`;
}

function readingWords({ promptTokens, ttftMs }: AcceleratorMeasurement): string | undefined {
  if (typeof ttftMs !== "number" || typeof promptTokens !== "number") {
    return undefined;
  }
  return `first word ${(ttftMs / 1000).toFixed(1)} s after a prompt of ${promptTokens} tokens`;
}

function iconOf(measurement: AcceleratorMeasurement, best: boolean): string {
  if (!isMeasured(measurement)) {
    return "circle-slash";
  }
  return best ? "star-full" : "chip";
}
