import { assertNever } from "../../assertNever";
import { type Better, shortName } from "../../offering/better";
import { sizeText } from "../../sizes";
import type { ShownBetter } from "./panelMessages";

/** Says in the panel's words what there is in the starter's place. */
export function shownBetter(better: Better | undefined): ShownBetter | null {
  switch (better?.kind) {
    case undefined:
      return null;
    case "offer":
      return { kind: "offer", name: shortName(better.model), size: sizeText(better.bytes) };
    case "underWay":
      return { kind: "underWay", name: shortName(better.model) };
    default:
      return assertNever(better);
  }
}
