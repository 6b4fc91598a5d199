import type { Model, ModelBuild, ModelLeftover, Status } from "../generated/protocol";
import { plain } from "../lists/plain";
import { sizeText } from "../sizes";
import { offersOn } from "./offers";

/** A line of what can be removed of a model. */
export interface Removal {
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  /** The id of what is removed; null for all of the model. */
  readonly build: string | null;
}

const formats: Readonly<Record<string, string>> = {
  gguf: "GGUF",
  openvino: "OpenVINO",
  onnx: "ONNX Runtime",
  transformers: "the NPU library, and to convert",
};

/** Lists what can be removed of a model; what answers now stays. */
export function removalsOf(
  model: Model,
  status: Pick<Status, "accelerator" | "model"> | undefined,
  leftovers: readonly ModelLeftover[] = [],
): Removal[] {
  const used = usedBuild(model, status);
  const folder = model.builds.find(({ origin }) => origin === "folder");
  const onDisk = model.builds.filter(
    // What is on its way would have to be waited for.
    ({ origin, bytesOnDisk, underWay }) => origin !== "folder" && bytesOnDisk > 0 && !underWay,
  );
  const left = leftovers.filter((one) => one.model === model.id);
  const each = [...onDisk.filter((build) => build !== used).map(removalOf), ...left.map(leftOver)];
  if (used !== undefined) {
    return each;
  }
  if (folder !== undefined) {
    return [forgetting(folder, bytesOf(onDisk, left)), ...each];
  }
  return each.length > 1 && !isUnderWay(model) ? [all(bytesOf(onDisk, left)), ...each] : each;
}

function usedBuild(
  model: Model,
  status: Pick<Status, "accelerator" | "model"> | undefined,
): ModelBuild | undefined {
  if (status?.model?.id !== model.id) {
    return undefined;
  }
  const { quantization } = status.model;
  return offersOn(model, status.accelerator).find((offer) => offer.quantization === quantization)
    ?.build;
}

function removalOf(build: ModelBuild): Removal {
  const { id, quantization, format, bytesOnDisk, origin } = build;
  const again = origin === "conversion" ? "It can be made again." : "It can be downloaded again.";
  return {
    label: `Remove ${plain(quantization)} for ${formats[format] ?? plain(format)}`,
    description: frees(bytesOnDisk),
    detail: again,
    build: id,
  };
}

/** A line that frees what no model needs that is known. */
export const leftOver = ({ model, build = null, bytes }: ModelLeftover): Removal => ({
  label: `Remove what is left over from ${plain(build ?? model)}`,
  description: frees(bytes),
  detail: "Nothing that is known here needs it.",
  build,
});

const isUnderWay = ({ builds }: Model) => builds.some(({ underWay }) => underWay);

const all = (bytes: number): Removal => ({
  label: "Remove all of it",
  description: frees(bytes),
  detail: "It can be downloaded again.",
  build: null,
});

const forgetting = ({ location }: ModelBuild, bytes: number): Removal => ({
  label: "Take it off the list",
  description: bytes === 0 ? "" : frees(bytes),
  detail: plain(location ? `What is in ${location} stays.` : "Its files stay."),
  build: null,
});

const bytesOf = (builds: readonly ModelBuild[], left: readonly ModelLeftover[]) =>
  [...builds.map(({ bytesOnDisk }) => bytesOnDisk), ...left.map(({ bytes }) => bytes)].reduce(
    (sum, bytes) => sum + bytes,
    0,
  );

const frees = (bytes: number) => `frees ${sizeText(bytes)}`;
