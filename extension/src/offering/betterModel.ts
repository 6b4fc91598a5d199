import type { Model, ModelBuild, Status } from "../generated/protocol";
import { gettingOf, offersOn } from "../models/offers";
import { sizeText } from "../sizes";

/** A model that is more able than the starter, and can be fetched and run here. */
export interface BetterModel {
  readonly model: Model;
  readonly quantization: string;
  readonly bytes: number;
}

/** What the machine has for a model. */
export interface Machine {
  /** Of memory, with what programs would give back. */
  readonly freeBytes: number;
  readonly hasNetwork: boolean;
}

/**
 * Finds what to offer instead of the starter on the accelerator in use; undefined for nothing.
 *
 * A model that is here already is none: who has it and uses the starter wants the starter.
 */
export function betterModel(
  models: readonly Model[],
  { accelerator }: Pick<Status, "accelerator">,
  { freeBytes, hasNetwork }: Machine,
): BetterModel | undefined {
  const runnable = models
    .filter(({ starter }) => !starter)
    .flatMap((model) => offersOn(model, accelerator).map((offer) => ({ model, ...offer })));
  // The first of a model is the recommended one.
  const [best] = runnable;
  if (best === undefined || !hasNetwork || runnable.some(({ build }) => build.state === "ready")) {
    return undefined;
  }
  const { model, quantization, build } = best;
  const getting = gettingOf(model, build);
  if (getting.kind !== "fetch" || getting.bytes === undefined || !fits(build, freeBytes)) {
    return undefined;
  }
  return { model, quantization, bytes: getting.bytes };
}

/** Writes the offer, and the title of the button that takes it. */
export function offerText({ model, bytes }: BetterModel): { message: string; get: string } {
  const name = shortName(model);
  return {
    message: `${name} is more able than the starter: ${sizeText(bytes)} to download. The starter goes on answering meanwhile.`,
    get: `Get ${name}`,
  };
}

const fits = ({ memoryBytes }: ModelBuild, freeBytes: number) => (memoryBytes ?? 0) <= freeBytes;

/** Names a model as people do, without the length of its context and what it was tuned for. */
const shortName = ({ name }: Model) => name.replace(/(?: \d+k)?(?: instruct)?$/i, "");
