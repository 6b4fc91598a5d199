import type { Accelerator } from "../generated/protocol";

/** A line of the list that an accelerator is picked from. */
export interface Row {
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

function rowOf(accelerator: Accelerator): Row {
  const icon = accelerator.active ? "check" : accelerator.usable ? "chip" : "circle-slash";
  const detail = [accelerator.reason, accelerator.remedy].filter(Boolean).join(" ");
  return {
    label: `$(${icon}) ${accelerator.name}`,
    description: accelerator.active ? `${accelerator.id} · active` : accelerator.id,
    ...(detail !== "" && { detail }),
    accelerator,
  };
}
