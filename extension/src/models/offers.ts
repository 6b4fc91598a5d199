import { assertNever } from "../assertNever";
import type { Model, ModelBuild } from "../generated/protocol";

/** A quantization that can be chosen, and the build that it takes. */
export interface Offer {
  readonly quantization: string;
  readonly build: ModelBuild;
}

/** What it takes until an offer can be run. */
export type Getting =
  | { readonly kind: "nothing" }
  | { readonly kind: "fetch"; readonly bytes: number | undefined }
  /** Made on this machine; `bytes` of what it is made from come first, 0 where they are here. */
  | { readonly kind: "convert"; readonly bytes: number | undefined }
  /** It was imported, and its folder is no longer what it was. */
  | { readonly kind: "gone" };

/** Lists what can be chosen of a model on an accelerator, the recommended first. */
export function offersOn(model: Model, accelerator: string): Offer[] {
  const offers = new Map<string, Offer>();
  for (const build of model.builds.filter((one) => runsOn(one, accelerator))) {
    for (const quantization of build.quantizations) {
      // The first of several builds is the best.
      if (!offers.has(quantization)) {
        offers.set(quantization, { quantization, build });
      }
    }
  }
  return [...offers.values()];
}

/** Says what it takes until one of a model's builds can be run. */
export function gettingOf(model: Model, build: ModelBuild): Getting {
  if (build.state === "ready") {
    return { kind: "nothing" };
  }
  const bytes = build.downloadBytes ?? undefined;
  switch (build.origin) {
    case "folder":
      return { kind: "gone" };
    case "conversion":
      return { kind: "convert", bytes: hasOriginal(model) ? 0 : bytes };
    case "package":
    case "hub":
      return { kind: "fetch", bytes };
    default:
      return assertNever(build.origin);
  }
}

/** Where what a conversion is made from is had, such as a hub's repository. */
export function originalOf(model: Model): string | undefined {
  return originals(model)[0]?.location ?? undefined;
}

/** Whether all that an offer takes is here. */
export function isHere({ build }: Offer): boolean {
  return build.state === "ready";
}

/** A build is for kinds of devices: `openvino-genai/GPU` runs on `openvino-genai/GPU.0` as well. */
function runsOn(build: ModelBuild, accelerator: string): boolean {
  return build.accelerators.some(
    (kind) => accelerator === kind || accelerator.startsWith(`${kind}.`),
  );
}

const hasOriginal = (model: Model) => originals(model).some(({ state }) => state === "ready");

const originals = ({ builds }: Model) =>
  builds.filter(({ format, origin }) => format === "transformers" && origin !== "conversion");
