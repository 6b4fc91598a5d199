import type { Accelerator } from "../generated/protocol";
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

function rowOf(accelerator: Accelerator): Row {
  const detail = detailOf(accelerator);
  return {
    icon: accelerator.active ? "check" : accelerator.usable ? "chip" : "circle-slash",
    label: accelerator.name,
    description: descriptionOf(accelerator),
    ...(detail !== undefined && { detail }),
    accelerator,
  };
}

function descriptionOf({ active, deviceName, name, tokensPerSecond }: Accelerator): string {
  // Where a machine has two of a kind, the name holds the maker's already.
  const device = deviceName && !name.includes(deviceName) ? deviceName : undefined;
  const speed = tokensPerSecond ? `${speedFigure(tokensPerSecond)} tokens/s here` : undefined;
  return [device, speed, active ? "active" : undefined].filter(Boolean).join(" · ");
}

function detailOf(accelerator: Accelerator): string | undefined {
  if (!accelerator.usable) {
    return complaintOf(accelerator);
  }
  const told = [accelerator.reason, accelerator.remedy].filter(Boolean).join(" ");
  if (told !== "") {
    return told;
  }
  return accelerator.runtimeInstalled ? undefined : "Its runtime is set up when you choose it.";
}
