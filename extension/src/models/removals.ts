import type { Model, ModelBuild, Status } from "../generated/protocol";
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
): Removal[] {
  const used = usedBuild(model, status);
  const folder = model.builds.find(({ origin }) => origin === "folder");
  const onDisk = model.builds.filter(
    ({ origin, bytesOnDisk }) => origin !== "folder" && bytesOnDisk > 0,
  );
  const each = onDisk.filter((build) => build !== used).map(removalOf);
  if (used !== undefined) {
    return each;
  }
  if (folder !== undefined) {
    return [forgetting(folder, onDisk), ...each];
  }
  return each.length > 1 ? [all(onDisk), ...each] : each;
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

const all = (builds: readonly ModelBuild[]): Removal => ({
  label: "Remove all of it",
  description: frees(sumOf(builds)),
  detail: "It can be downloaded again.",
  build: null,
});

const forgetting = ({ location }: ModelBuild, others: readonly ModelBuild[]): Removal => ({
  label: "Take it off the list",
  description: others.length === 0 ? "" : frees(sumOf(others)),
  detail: plain(location ? `What is in ${location} stays.` : "Its files stay."),
  build: null,
});

const sumOf = (builds: readonly ModelBuild[]) =>
  builds.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0);

const frees = (bytes: number) => `frees ${sizeText(bytes)}`;
