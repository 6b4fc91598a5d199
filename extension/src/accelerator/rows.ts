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

function rowOf(accelerator: Accelerator): Row {
  const detail = accelerator.usable ? detailOf(accelerator) : complaintOf(accelerator);
  return {
    icon: iconOf(accelerator),
    label: plain(accelerator.name),
    description: plain(descriptionOf(accelerator)),
    ...(detail !== "" && { detail: plain(detail) }),
    accelerator,
  };
}

function iconOf({ active, usable, recommended }: Accelerator): string {
  if (active) {
    return "check";
  }
  if (!usable) {
    return "circle-slash";
  }
  return recommended ? "star-full" : "chip";
}

function descriptionOf(accelerator: Accelerator): string {
  const { active, model, quantization, recommended, tokensPerSecond, usable } = accelerator;
  if (!usable) {
    return deviceOf(accelerator) ?? "";
  }
  return [
    model ? modelWords(model, quantization) : undefined,
    tokensPerSecond ? `${speedFigure(tokensPerSecond)} tokens/s here` : undefined,
    recommended ? "recommended" : undefined,
    active ? "active" : undefined,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What is short comes first: a line that is too long ends in dots. */
function detailOf(accelerator: Accelerator): string {
  const sentences = [
    fetchWords(accelerator),
    accelerator.reason,
    accelerator.remedy,
    accelerator.recommendation,
  ];
  return [deviceOf(accelerator), sentences.filter(Boolean).join(" ")].filter(Boolean).join(" · ");
}

function fetchWords({ downloadBytes, runtimeInstalled }: Accelerator): string | undefined {
  if (downloadBytes) {
    return `Fetches ${sizeText(downloadBytes)} when you choose it.`;
  }
  return runtimeInstalled ? undefined : "Its runtime is set up when you choose it.";
}

/** Where a machine has two of a kind, the name holds the maker's already. */
function deviceOf({ deviceName, name }: Accelerator): string | undefined {
  return deviceName && !name.includes(deviceName) ? deviceName : undefined;
}
