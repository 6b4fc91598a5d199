import type { Accelerator } from "../generated/protocol";
import { plain } from "../lists/plain";
import { modelWords } from "../models/quantizations";
import { sizeText } from "../sizes";
import { speedFigure } from "./speed";

/** A line of the list that an accelerator is picked from. */
export interface Row {
  /** The name of a codicon. Not in the label, where a screen reader would read it out. */
  readonly icon: string;
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  /** Whether there is a reason to read that the line has no room for. */
  readonly hasMore: boolean;
  readonly accelerator: Accelerator;
}

/** Lists the accelerators: the usable ones first, the others with the reason and the remedy. */
export function rowsOf(accelerators: readonly Accelerator[]): { usable: Row[]; others: Row[] } {
  const rows = (chosen: readonly Accelerator[]) => chosen.map(rowOf);
  return {
    usable: rows(accelerators.filter((accelerator) => accelerator.usable)),
    others: rows(accelerators.filter((accelerator) => !accelerator.usable)),
  };
}

/** Why an accelerator is not usable and what helps, in sentences. */
export function complaintOf({ reason, remedy }: Accelerator): string {
  return [reason || "It cannot be used on this machine.", remedy].filter(Boolean).join(" ");
}

/** The page where the remedy can be had; only one that a browser opens safely. */
export function remedyPage({ remedyUrl }: Accelerator): string | undefined {
  return remedyUrl?.startsWith("https://") ? remedyUrl : undefined;
}

/** Whether there is more than one quantization to choose from. */
export function offersQuantizations({ usable, quantizations = [] }: Accelerator): boolean {
  return usable && quantizations.length > 1;
}

/** All there is to say of an accelerator, in sentences: a line of the list ends in dots. */
export function aboutOf(accelerator: Accelerator): string {
  const { active, model, name, quantization, recommendation, tokensPerSecond } = accelerator;
  const named = [name, deviceOf(accelerator)].filter(Boolean).join(", ");
  if (!accelerator.usable) {
    return `${named}. ${complaintOf(accelerator)}`;
  }
  const runs = model
    ? `It ${active ? "runs" : "would run"} ${modelWords(model, quantization)}.`
    : undefined;
  const wrote = tokensPerSecond
    ? `It wrote ${speedFigure(tokensPerSecond)} tokens/s here.`
    : undefined;
  const why = recommendation ? `Recommended: ${recommendation}` : undefined;
  const fetches = fetchWords(accelerator);
  const choosing = fetches && `It ${fetches}.`;
  const { reason, remedy } = accelerator;
  return [`${named}.`, runs, wrote, why, choosing, reason, remedy].filter(Boolean).join(" ");
}

function rowOf(accelerator: Accelerator): Row {
  const detail = accelerator.usable ? detailOf(accelerator) : complaintOf(accelerator);
  return {
    icon: iconOf(accelerator),
    label: plain(shortened(accelerator.name)),
    description: plain(descriptionOf(accelerator)),
    ...(detail !== "" && { detail: plain(detail) }),
    hasMore: Boolean(accelerator.recommendation || accelerator.reason),
    accelerator,
  };
}

function iconOf({ active, usable, reason, recommended }: Accelerator): string {
  if (active) {
    return "check";
  }
  if (!usable) {
    return "circle-slash";
  }
  if (reason) {
    return "warning";
  }
  return recommended ? "star-full" : "chip";
}

/** The marks come first: a line that is too long ends in dots. */
function descriptionOf(accelerator: Accelerator): string {
  const { active, model, quantization, recommended, tokensPerSecond, usable } = accelerator;
  if (!usable) {
    return shortened(deviceOf(accelerator) ?? "");
  }
  return [
    active ? "active" : undefined,
    recommended ? "recommended" : undefined,
    model ? modelWords(model, quantization) : undefined,
    tokensPerSecond ? `${speedFigure(tokensPerSecond)} tokens/s` : undefined,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What is short comes first. */
function detailOf(accelerator: Accelerator): string {
  const { reason, remedy, recommendationBrief } = accelerator;
  const complaint = [reason, remedy].filter(Boolean).join(" ");
  const device = shortened(deviceOf(accelerator) ?? "");
  return [device, fetchWords(accelerator), recommendationBrief, complaint]
    .filter(Boolean)
    .join(" · ");
}

/** Leaves out of a maker's name what no one needs to tell devices apart. */
function shortened(name: string): string {
  return name.replace(/ ?\((?:R|TM|C|[di]GPU)\)/gi, "").trim();
}

function fetchWords({ downloadBytes, runtimeInstalled }: Accelerator): string | undefined {
  if (downloadBytes) {
    return `fetches ${sizeText(downloadBytes)} when chosen`;
  }
  return runtimeInstalled ? undefined : "sets its runtime up when chosen";
}

/** Where a machine has two of a kind, the name holds the maker's already. */
function deviceOf({ deviceName, name }: Accelerator): string | undefined {
  return deviceName && !name.includes(deviceName) ? deviceName : undefined;
}
