import { assertNever } from "../assertNever";
import type { Model, ModelLeftover, Status } from "../generated/protocol";
import { plain } from "../lists/plain";
import { sizeText } from "../sizes";
import { gettingOf, isHere, type Offer, offersOn } from "./offers";
import { type Removal, removalsOf } from "./removals";

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
  /** What can be removed of it. */
  readonly removals: readonly Removal[];
}

type Answering = Pick<Status, "accelerator" | "acceleratorName" | "model">;

/** What the sidecar lists, as far as the lines tell of it. */
export interface Listed {
  readonly models: readonly Model[];
  readonly leftovers?: readonly ModelLeftover[];
}

/** Lists the models: first those that the accelerator in use can run. */
export function modelRows(
  { models, leftovers = [] }: Listed,
  status: Answering,
): { runnable: ModelRow[]; others: ModelRow[] } {
  const rows = models.map((model) => rowOf(model, status, removalsOf(model, status, leftovers)));
  return {
    runnable: rows.filter(({ offers }) => offers.length > 0),
    others: rows.filter(({ offers }) => offers.length === 0),
  };
}

function rowOf(model: Model, status: Answering, removals: readonly Removal[]): ModelRow {
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
    fetchable: offers.some(canBeHad),
    removals,
  };
}

function canBeHad({ build }: Offer): boolean {
  const { kind } = gettingOf(build);
  return kind === "fetch" || kind === "convert";
}

function iconOf(offers: readonly Offer[], active: string | undefined): string {
  if (active !== undefined) {
    return "check";
  }
  if (offers.length === 0) {
    return "circle-slash";
  }
  if (offers.some(isHere)) {
    return "package";
  }
  return offers.some(isUnderWay) ? "sync" : "cloud-download";
}

const isUnderWay = ({ build }: Offer) => gettingOf(build).kind === "underWay";

function descriptionOf(model: Model, offers: readonly Offer[], active: string | undefined): string {
  return [
    sizeWords(model, offers),
    licenceWords(model),
    model.recommended ? "recommended" : undefined,
    markOf(model, active),
  ]
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
  const getting = best && gettingOf(best.build);
  switch (getting?.kind) {
    case undefined:
      return onDisk > 0 ? `${sizeText(onDisk)} on disk` : undefined;
    case "nothing":
      return undefined;
    case "gone":
      return "gone";
    case "underWay":
      return "on its way";
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
    // What matters first: a long line is cut.
    outdatedWords(offers),
    model.recommendation ?? undefined,
    folderWords(model),
    // One that there is no choice of is told by the description.
    offers.length > 1 ? choiceWords(offers) : undefined,
  ]
    .filter(Boolean)
    .join(" ");
}

function folderWords({ builds }: Model): string | undefined {
  const folder = builds.find(({ origin }) => origin === "folder")?.location;
  return folder ? `In ${folder}.` : undefined;
}

/** Says what is there, and would be made of something else now. */
function outdatedWords(offers: readonly Offer[]): string | undefined {
  const outdated = offers.filter(({ build }) => build.outdated);
  const [first] = outdated;
  if (first === undefined) {
    return undefined;
  }
  const names = outdated.map(({ quantization }) => quantization).join(", ");
  return first.build.origin === "conversion"
    ? `Outdated: ${names}. Its original has changed: take it to make it anew.`
    : `Outdated: ${names}. Take it to fetch it anew.`;
}

function choiceWords(offers: readonly Offer[]): string {
  const namesOf = (some: readonly Offer[]) => some.map(({ quantization }) => quantization);
  const here = namesOf(offers.filter(isHere));
  const onTheirWay = namesOf(offers.filter(isUnderWay));
  const toGet = offers
    .filter(canBeHad)
    .map((offer) => `${offer.quantization}${sizeInBrackets(offer)}`);
  return [
    here.length === 0 ? undefined : `Here: ${here.join(", ")}.`,
    onTheirWay.length === 0 ? undefined : `On its way: ${onTheirWay.join(", ")}.`,
    toGet.length === 0 ? undefined : `Available: ${toGet.join(", ")}.`,
  ]
    .filter(Boolean)
    .join(" ");
}

function sizeInBrackets({ build }: Offer): string {
  const getting = gettingOf(build);
  return getting.kind === "fetch" && getting.bytes ? ` (${sizeText(getting.bytes)})` : "";
}
