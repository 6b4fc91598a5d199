import { assertNever } from "../assertNever";
import type { Model, ModelBuild } from "../generated/protocol";
import { plain } from "../lists/plain";
import { sizeText } from "../sizes";
import { type Getting, gettingOf, type Offer, originalOf } from "./offers";
import { meaningOf, quantizationTitle } from "./quantizations";

/** What taking a quantization is for. */
export type Purpose = "switch" | "download";

/** A line that a quantization is picked from; it says what taking it does. */
export interface OfferRow {
  /** The name of a codicon. Not in the label, where a screen reader would read it out. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  readonly quantization: string;
}

/** Lists the quantizations of a model; `active` is the one that answers now. */
export function offerRows(
  model: Model,
  offers: readonly Offer[],
  { purpose, active }: { readonly purpose: Purpose; readonly active: string | undefined },
): OfferRow[] {
  return offers.map(({ quantization, build }, index) => {
    const getting = gettingOf(build);
    const isActive = quantization === active;
    const marks = [
      isActive ? "active" : actionText(getting, purpose),
      memory(build),
      index === 0 && offers.length > 1 ? "recommended" : undefined,
    ];
    return {
      icon: isActive ? "check" : iconOf(getting),
      label: quantizationTitle(quantization),
      description: marks.filter(Boolean).join(" · "),
      // What matters first: a long line is cut.
      detail: plain(
        [news(build, getting), meaningOf(quantization), source(model, build, getting)]
          .filter(Boolean)
          .join(" "),
      ),
      quantization,
    };
  });
}

/** Lists quantizations of which nothing is known but their names. */
export function bareRows(
  quantizations: readonly string[],
  active: string | null | undefined,
): OfferRow[] {
  return quantizations.map((quantization, index) => {
    const detail = meaningOf(quantization);
    const marks = [
      quantization === active ? "active" : undefined,
      index === 0 && quantizations.length > 1 ? "recommended" : undefined,
    ];
    return {
      icon: quantization === active ? "check" : "symbol-numeric",
      label: quantizationTitle(quantization),
      description: marks.filter(Boolean).join(" · "),
      ...(detail !== undefined && { detail }),
      quantization,
    };
  });
}

/** What taking a line does, such as `Download 2.3 GB and switch`. */
export function actionText(getting: Getting, purpose: Purpose): string {
  const steps = [...stepsOf(getting), ...(purpose === "switch" ? ["switch"] : [])];
  const last = steps.pop() ?? "nothing to download";
  const text = steps.length === 0 ? last : `${steps.join(", ")} and ${last}`;
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

function stepsOf(getting: Getting): string[] {
  switch (getting.kind) {
    case "nothing":
    case "gone":
      return [];
    case "underWay":
      return ["wait until it is here"];
    case "fetch":
      return [download(getting.bytes)];
    case "convert":
      return getting.bytes === 0 ? ["convert"] : [download(getting.bytes), "convert"];
    default:
      return assertNever(getting);
  }
}

/** What an interrupted download has left, with which the next one goes on. */
function arrived({ downloadBytes, arrivedBytes }: ModelBuild): string | undefined {
  if (!arrivedBytes) {
    return undefined;
  }
  const whole = downloadBytes ? ` of ${sizeText(downloadBytes)}` : "";
  return `${sizeText(arrivedBytes)}${whole} are here already.`;
}

/** Why what is there is not taken as it is. */
function flaw({ state, outdated, origin }: ModelBuild): string | undefined {
  if (outdated) {
    return origin === "conversion"
      ? "What it was made from has changed: it is made anew."
      : "It is of an earlier version: it is fetched anew.";
  }
  return state === "damaged" && origin !== "folder" ? "Its files are damaged." : undefined;
}

const download = (bytes: number | undefined) =>
  bytes === undefined ? "download" : `download ${sizeText(bytes)}`;

function iconOf(getting: Getting): string {
  switch (getting.kind) {
    case "nothing":
      return "package";
    case "underWay":
      return "sync";
    case "fetch":
      return "cloud-download";
    case "convert":
      return "tools";
    case "gone":
      return "warning";
    default:
      return assertNever(getting);
  }
}

function memory({ memoryBytes }: ModelBuild): string | undefined {
  return memoryBytes ? `needs ${sizeText(memoryBytes)} of memory` : undefined;
}

/** Says what is not as it usually is. */
function news(build: ModelBuild, { kind }: Getting): string | undefined {
  switch (kind) {
    case "nothing":
      return undefined;
    case "underWay":
      return "It is being fetched or made at this moment.";
    case "fetch":
    case "convert":
      return [flaw(build), arrived(build)].filter(Boolean).join(" ");
    case "gone":
      return "What was imported is gone, or was changed.";
    default:
      return assertNever(kind);
  }
}

function source(model: Model, build: ModelBuild, { kind }: Getting): string | undefined {
  switch (kind) {
    case "nothing":
      return build.bytesOnDisk > 0
        ? `Takes ${sizeText(build.bytesOnDisk)} on this computer.`
        : undefined;
    case "fetch":
      return build.location ? `From ${build.location}.` : undefined;
    case "convert": {
      const original = originalOf(model);
      const from = original === undefined ? "" : ` from ${original}`;
      return `Made on this computer${from}, which takes minutes.`;
    }
    case "underWay":
    case "gone":
      return undefined;
    default:
      return assertNever(kind);
  }
}
