import { assertNever } from "../assertNever";
import type { Model, Status } from "../generated/protocol";
import { plain } from "../lists/plain";
import { sizeText } from "../sizes";
import { gettingOf, isHere, type Offer, offersOn } from "./offers";
import { removalsOf } from "./removals";

/** A line of the list that a model is picked from. */
export interface ModelRow {
  /** The name of a codicon. Not in the label, where a screen reader would read it out. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  readonly model: Model;
  /** What of it runs on the accelerator; empty where it does not run there. */
  readonly offers: readonly Offer[];
  /** The quantization in which it answers now. */
  readonly active: string | undefined;
  /** Whether there is something to download without switching. */
  readonly fetchable: boolean;
  readonly removable: boolean;
}

type Answering = Pick<Status, "accelerator" | "acceleratorName" | "model">;

/** Lists the models: first those that the accelerator in use can run. */
export function modelRows(
  models: readonly Model[],
  status: Answering,
): { runnable: ModelRow[]; others: ModelRow[] } {
  const rows = models.map((model) => rowOf(model, status));
  return {
    runnable: rows.filter(({ offers }) => offers.length > 0),
    others: rows.filter(({ offers }) => offers.length === 0),
  };
}

function rowOf(model: Model, status: Answering): ModelRow {
  const offers = offersOn(model, status.accelerator);
  const active = status.model?.id === model.id ? status.model.quantization : undefined;
  const detail = detailOf(model, offers, status);
  return {
    icon: iconOf(offers, active),
    label: plain(model.name),
    description: plain(descriptionOf(model, offers, active)),
    ...(detail !== "" && { detail: plain(detail) }),
    model,
    offers,
    active,
    fetchable: offers.some(({ build }) => canBeHad(model, { build })),
    removable: removalsOf(model, status).length > 0,
  };
}

function canBeHad(model: Model, { build }: Pick<Offer, "build">): boolean {
  const { kind } = gettingOf(model, build);
  return kind === "fetch" || kind === "convert";
}

function iconOf(offers: readonly Offer[], active: string | undefined): string {
  if (active !== undefined) {
    return "check";
  }
  if (offers.length === 0) {
    return "circle-slash";
  }
  return offers.some(isHere) ? "package" : "cloud-download";
}

function descriptionOf(model: Model, offers: readonly Offer[], active: string | undefined): string {
  return [sizeWords(model, offers), licenceWords(model), markOf(model, active)]
    .filter(Boolean)
    .join(" · ");
}

function markOf({ selected }: Model, active: string | undefined): string | undefined {
  if (active !== undefined) {
    return `active (${active})`;
  }
  return selected ? "selected" : undefined;
}

function sizeWords(model: Model, offers: readonly Offer[]): string | undefined {
  const onDisk = model.builds.reduce((sum, { bytesOnDisk }) => sum + bytesOnDisk, 0);
  if (offers.some(isHere) && onDisk > 0) {
    return `${sizeText(onDisk)} on disk`;
  }
  const [best] = offers;
  const getting = best && gettingOf(model, best.build);
  switch (getting?.kind) {
    case undefined:
      return onDisk > 0 ? `${sizeText(onDisk)} on disk` : undefined;
    case "nothing":
      return undefined;
    case "gone":
      return "gone";
    case "fetch":
    case "convert":
      return getting.bytes === undefined || getting.bytes === 0
        ? undefined
        : `${sizeText(getting.bytes)} to download`;
    default:
      return assertNever(getting);
  }
}

const licenceWords = ({ licence }: Model) => (licence === "" ? undefined : `${licence} licence`);

function detailOf(model: Model, offers: readonly Offer[], status: Answering): string {
  if (offers.length === 0) {
    return `It does not run on ${status.acceleratorName}: switch the accelerator first.`;
  }
  return [
    model.starter ? "The starter: small and quick to fetch, no match for Phi-3." : undefined,
    folderWords(model),
    // One that there is no choice of is told by the description.
    offers.length > 1 ? choiceWords(model, offers) : undefined,
  ]
    .filter(Boolean)
    .join(" ");
}

function folderWords({ builds }: Model): string | undefined {
  const folder = builds.find(({ origin }) => origin === "folder")?.location;
  return folder ? `In ${folder}.` : undefined;
}

function choiceWords(model: Model, offers: readonly Offer[]): string {
  const here = offers.filter(isHere).map(({ quantization }) => quantization);
  const toGet = offers
    .filter(({ build }) => canBeHad(model, { build }))
    .map(({ quantization, build }) => `${quantization}${sizeInBrackets(model, { build })}`);
  return [
    here.length === 0 ? undefined : `Here: ${here.join(", ")}.`,
    toGet.length === 0 ? undefined : `Available: ${toGet.join(", ")}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

function sizeInBrackets(model: Model, { build }: Pick<Offer, "build">): string {
  const getting = gettingOf(model, build);
  return getting.kind === "fetch" && getting.bytes ? ` (${sizeText(getting.bytes)})` : "";
}
