import {
  type CancellationToken,
  commands,
  env,
  type QuickInputButton,
  QuickPickItemKind,
  ThemeIcon,
  Uri,
  window,
} from "vscode";

import { Method } from "../generated/methods";
import type { Accelerator, Status } from "../generated/protocol";
import {
  type Filling,
  type Line,
  type Listing,
  type Picked,
  pickFrom,
  type WatchedSidecar,
} from "../lists/sidecarList";
import { notificationText } from "../notificationText";
import type { Connection } from "../sidecar/connection";
import { aboutOf, offersQuantizations, type Row, remedyPage, rowsOf } from "./rows";

/** What the person did with the list. */
export type Choice =
  | { readonly kind: "accelerator"; readonly accelerator: Accelerator }
  | { readonly kind: "quantization"; readonly accelerator: Accelerator }
  | { readonly kind: "measure" }
  | { readonly kind: "menu" };

const measure = { iconPath: new ThemeIcon("beaker"), tooltip: "Measure accelerators" };
const more = { iconPath: new ThemeIcon("ellipsis"), tooltip: "More…" };
const openPage = { iconPath: new ThemeIcon("link-external"), tooltip: "Open the page that helps" };
const aboutIcon = new ThemeIcon("info");
const quantize = { iconPath: new ThemeIcon("settings-gear"), tooltip: "Choose quantization" };
// A line's own buttons cannot be reached by the keyboard.
const aboutMarked = { iconPath: aboutIcon, tooltip: "Tell more of the marked accelerator" };
const quantizeMarked = {
  iconPath: new ThemeIcon("settings-gear"),
  tooltip: "Choose the quantization of the marked accelerator",
};

/** Opens a page of a remedy; only ever because the person clicked. */
export async function openRemedyPage(page: string): Promise<void> {
  await env.openExternal(Uri.parse(page, true));
}

/** Lets the person pick an accelerator; undefined when they pick none. */
export function pickAccelerator(sidecar: WatchedSidecar): Promise<Picked<Choice> | undefined> {
  return pickFrom(sidecar, listing);
}

const listing: Listing<Accelerator, Choice> = {
  title: "Phi Sidecar: Switch Accelerator",
  placeholder: "What the model runs on",
  buttons: [aboutMarked, quantizeMarked, measure, more],
  looksAgain: true,
  // The list is there before a model is.
  basis: (status: Status | undefined) =>
    [status?.accelerator, status?.model?.id, status?.model?.quantization].join(" "),
  fill,
  take: (accelerator) => ({ kind: "accelerator", accelerator }),
  press,
};

async function fill(
  connection: Connection,
  anew: boolean,
  token: CancellationToken,
): Promise<Filling<Accelerator>> {
  const params = anew ? { lookAgain: true } : {};
  const { accelerators } = await connection.request(Method.phiListAccelerators, params, token);
  return {
    lines: linesOf(accelerators),
    marked: accelerators.find(({ active }) => active)?.id,
  };
}

function press(button: QuickInputButton, accelerator: Accelerator | undefined): Choice | undefined {
  if (button === more) {
    return { kind: "menu" };
  }
  if (button === measure) {
    return { kind: "measure" };
  }
  if (accelerator === undefined) {
    return undefined;
  }
  if (button.iconPath === aboutIcon) {
    void tellMore(accelerator);
    return undefined;
  }
  if (button === openPage) {
    const page = remedyPage(accelerator);
    if (page !== undefined) {
      void openRemedyPage(page);
    }
    return undefined;
  }
  return offersQuantizations(accelerator) ? { kind: "quantization", accelerator } : undefined;
}

async function tellMore(accelerator: Accelerator): Promise<void> {
  // With a button, because without one the editor shows a single line of it.
  const report = "Show what this PC has";
  const about = notificationText(aboutOf(accelerator));
  if ((await window.showInformationMessage(about, report)) === report) {
    await commands.executeCommand("phiSidecar.showReport");
  }
}

function linesOf(accelerators: readonly Accelerator[]): Line<Accelerator>[] {
  const { usable, others } = rowsOf(accelerators);
  const separator = { label: "Not usable here", kind: QuickPickItemKind.Separator };
  return [
    ...usable.map(lineOf),
    ...(others.length === 0 ? [] : [separator]),
    ...others.map(lineOf),
  ];
}

const lineOf = ({ icon, accelerator, hasMore, ...texts }: Row): Line<Accelerator> => ({
  ...texts,
  row: accelerator,
  key: accelerator.id,
  iconPath: new ThemeIcon(icon),
  buttons: [
    ...(hasMore ? [{ iconPath: aboutIcon, tooltip: aboutOf(accelerator) }] : []),
    ...(offersQuantizations(accelerator) ? [quantize] : []),
    ...(remedyPage(accelerator) === undefined ? [] : [openPage]),
  ],
});
