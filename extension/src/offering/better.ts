import type { ListModelsResult, Model, ModelOffer } from "../generated/protocol";
import { sizeText } from "../sizes";

/** A model that is more able than the starter, and can be fetched and run here now. */
export interface Offer {
  readonly kind: "offer";
  readonly model: Model;
  readonly quantization: string;
  readonly bytes: number;
}

/** What there is in the starter's place. */
export type Better =
  | Offer
  /** It is being fetched or made, by this window or by another process. */
  | { readonly kind: "underWay"; readonly model: Model };

/** Reads what there is in the starter's place; undefined for nothing. */
export function betterOf({ models, offer }: ListModelsResult): Better | undefined {
  const coming = models.find(
    ({ starter, builds }) => !starter && builds.some(({ underWay }) => underWay),
  );
  return coming === undefined ? offered(models, offer) : { kind: "underWay", model: coming };
}

function offered(models: readonly Model[], offer: ModelOffer | null | undefined) {
  const model = models.find(({ id }) => id === offer?.model);
  return offer && model
    ? ({
        kind: "offer",
        model,
        quantization: offer.quantization,
        bytes: offer.downloadBytes,
      } as const)
    : undefined;
}

/** Writes the offer, and the title of the button that takes it. */
export function offerText({ model, bytes }: Offer): { message: string; get: string } {
  const name = shortName(model);
  return {
    message: `${name} is more able than the starter: ${sizeText(bytes)} to download. The starter goes on answering meanwhile.`,
    get: `Get ${name}`,
  };
}

/** Names a model as people do, without the length of its context and what it was tuned for. */
export function shortName({ name }: Pick<Model, "name">): string {
  return name.replace(/(?: \d+k)?(?: instruct)?$/i, "");
}
