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
  /** It is being fetched, made or removed at this moment, perhaps by another window. */
  | { readonly kind: "underWay" }
  /** Made on this machine; so many `bytes` come first, of its original and of what makes it. */
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

/** Says what it takes until a build can be run. */
export function gettingOf(build: ModelBuild): Getting {
  if (build.state === "ready") {
    return { kind: "nothing" };
  }
  if (build.underWay) {
    return { kind: "underWay" };
  }
  const bytes = missingBytes(build);
  switch (build.origin) {
    case "folder":
      return { kind: "gone" };
    case "conversion":
      return { kind: "convert", bytes };
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

/** What is still to be fetched; undefined where that is not known. */
function missingBytes({ downloadBytes, arrivedBytes = 0 }: ModelBuild): number | undefined {
  return downloadBytes == null ? undefined : Math.max(0, downloadBytes - arrivedBytes);
}

const originals = ({ builds }: Model) =>
  builds.filter(({ format, origin }) => format === "transformers" && origin !== "conversion");
