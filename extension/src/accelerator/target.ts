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

/** What choosing an accelerator comes to; the words are left out where a switch's end tells them. */
export type Taking =
  | { readonly kind: "switch" }
  /** It answers: a switch to another that is under way is not wanted any more. */
  | { readonly kind: "stay"; readonly words?: string }
  /** It is on its way: that goes on. */
  | { readonly kind: "wait"; readonly words: string };

/**
 * Says what choosing an accelerator comes to, with the model and the quantization if they were chosen.
 *
 * @param going what this window is switching to.
 */
export function takingOf(
  wanted: Target,
  { status, going }: { readonly status: Status | undefined; readonly going: Target | undefined },
): Taking {
  const { id, name } = wanted.accelerator;
  const isSelected = status?.accelerator === id && status.phase !== "unavailable";
  if (isSelected && status.phase === "ready" && isMeant(wanted, status.model, status.model)) {
    return going === undefined ? { kind: "stay", words: `Already on ${name}` } : { kind: "stay" };
  }
  if (going !== undefined) {
    return going.accelerator.id === id && isMeant(wanted, going.model, going)
      ? { kind: "wait", words: `Already switching to ${targetWords(going)}` }
      : { kind: "switch" };
  }
  return isSelected && isMeant(wanted, undefined, undefined)
    ? { kind: "wait", words: `${name} is on its way` }
    : { kind: "switch" };
}

type Maybe<T> = T | null | undefined;

/** Whether this is the model and the quantization that are wanted; what was left open is any. */
function isMeant(
  { model, quantization }: Target,
  foundModel: Maybe<{ readonly id: string }>,
  found: Maybe<{ readonly quantization?: string }>,
): boolean {
  return (
    (model === undefined || model.id === foundModel?.id) &&
    (quantization === undefined || quantization === found?.quantization)
  );
}
