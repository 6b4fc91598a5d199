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
  /** Why it is recommended, where the detail has no room for all of that. */
  readonly why?: string;
  readonly accelerator: Accelerator;
}

/** About as many characters as the editor's list shows in a line before it ends in dots. */
const lineLength = 90;

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
  const { detail, why } = accelerator.usable
    ? detailOf(accelerator)
    : { detail: complaintOf(accelerator), why: undefined };
  return {
    icon: iconOf(accelerator),
    label: plain(accelerator.name),
    description: plain(descriptionOf(accelerator)),
    ...(detail !== "" && { detail: plain(detail) }),
    ...(why !== undefined && { why }),
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
function detailOf(accelerator: Accelerator): { detail: string; why: string | undefined } {
  const { reason, remedy, recommendation } = accelerator;
  const device = deviceOf(accelerator);
  const sentences = [fetchWords(accelerator), reason, remedy].filter(Boolean).join(" ");
  const told = [device, sentences].filter(Boolean).join(" · ").length;
  const short = recommendation ? firstClauses(recommendation, lineLength - told) : "";
  return {
    detail: [device, [sentences, short].filter(Boolean).join(" ")].filter(Boolean).join(" · "),
    why: recommendation && short !== recommendation ? recommendation : undefined,
  };
}

/** As much of a text, clause by clause, as there is room for; nothing where that is none. */
function firstClauses(text: string, room: number): string {
  if (text.length <= room) {
    return text;
  }
  let end = 0;
  for (const { index } of text.matchAll(/[,;.] /g)) {
    if (index < room) {
      end = index;
    }
  }
  return end === 0 ? "" : `${text.slice(0, end)}.`;
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
