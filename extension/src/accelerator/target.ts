import type { Accelerator, Model, Status } from "../generated/protocol";
import { modelWords } from "../models/quantizations";

/** What is switched to. */
export interface Target {
  readonly accelerator: Pick<Accelerator, "id" | "name">;
  /** Left out where the selected one stays. */
  readonly model?: Pick<Model, "id" | "name">;
  /** Left out where the recommended one is taken. */
  readonly quantization?: string;
}

/** Names what is switched to, as far as the person chose it. */
export function targetWords({ accelerator, model, quantization }: Target): string {
  return modelWords(model?.name ?? accelerator.name, quantization);
}

/** Says what answers now, once it was switched to. */
export function nowOn({ model, quantization }: Target, status: Status): string {
  const { acceleratorName } = status;
  if ((model === undefined && quantization === undefined) || !status.model) {
    return `Now on ${acceleratorName}`;
  }
  return `Now on ${acceleratorName}: ${modelWords(status.model.name, status.model.quantization)}`;
}
