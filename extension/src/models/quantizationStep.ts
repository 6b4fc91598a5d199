import { type QuickPickItem, ThemeIcon } from "vscode";

import { pickStep } from "../lists/step";
import type { OfferRow } from "./offerRows";

/** Lets the person pick a quantization, or go back to the list before. */
export async function pickQuantization({
  title,
  rows,
  placeholder = "Smaller is faster, larger is more exact",
}: {
  readonly title: string;
  readonly rows: readonly OfferRow[];
  readonly placeholder?: string;
}): Promise<string | "back" | undefined> {
  const items = rows.map(itemOf);
  const marked = items.find(({ iconId }) => iconId === "check");
  const picked = await pickStep({
    title,
    placeholder,
    items,
    ...(marked !== undefined && { marked }),
  });
  return picked === undefined || picked === "back" ? picked : picked.quantization;
}

type Item = QuickPickItem & { readonly quantization: string; readonly iconId: string };

const itemOf = ({ icon, ...row }: OfferRow): Item => ({
  ...row,
  iconId: icon,
  iconPath: new ThemeIcon(icon),
});
