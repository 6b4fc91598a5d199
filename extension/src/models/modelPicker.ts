import { type QuickInputButton, QuickPickItemKind, ThemeIcon } from "vscode";

import { assertNever } from "../assertNever";
import { Method } from "../generated/methods";
import type { ListModelsResult, ModelLeftover, Status } from "../generated/protocol";
import { plain } from "../lists/plain";
import {
  type Filling,
  type Line,
  type Picked,
  pickFrom,
  type WatchedSidecar,
} from "../lists/sidecarList";
import { sizeText } from "../sizes";
import { type ModelRow, modelRows } from "./modelRows";

/** What can be imported; the editor's dialog shows either of them, not both. */
export type Importable = "folder" | "file";

/** What the person did with the list. */
export type ModelChoice =
  | { readonly kind: "model" | "download" | "remove"; readonly row: ModelRow }
  | { readonly kind: "import"; readonly what: Importable }
  | { readonly kind: "clear"; readonly leftover: ModelLeftover };

/** A line: of a model, of a way to import one, or of what is left over of one. */
type Row =
  | { readonly kind: "model"; readonly row: ModelRow }
  | Extract<ModelChoice, { kind: "import" | "clear" }>;

const download = {
  iconPath: new ThemeIcon("cloud-download"),
  tooltip: "Download without switching",
};
const remove = { iconPath: new ThemeIcon("trash"), tooltip: "Remove…" };
// A line's own buttons cannot be reached by the keyboard.
const downloadMarked = { ...download, tooltip: "Download the marked model without switching" };
const removeMarked = { ...remove, tooltip: "Remove the marked model…" };

/** Lets the person pick a model for the accelerator in use; undefined when they pick none. */
export function pickModel(sidecar: WatchedSidecar): Promise<Picked<ModelChoice> | undefined> {
  return pickFrom<Row, ModelChoice>(sidecar, {
    title: "Phi Sidecar: Choose Model",
    placeholder: (status) =>
      status === undefined ? "What answers" : `What answers on ${status.acceleratorName}`,
    buttons: [downloadMarked, removeMarked],
    looksAgain: false,
    // What runs where depends on the accelerator, which the status tells.
    basis: (status) =>
      status &&
      [status.phase, status.accelerator, status.model?.id, status.model?.quantization].join(" "),
    fill: async (connection, _anew, token) => {
      const listed = await connection.request(Method.phiListModels, {}, token);
      return filling(listed, sidecar.status());
    },
    take: (row) => row,
    press,
  });
}

function press(button: QuickInputButton, row: Row | undefined): ModelChoice | undefined {
  const downloads = button === download || button === downloadMarked;
  switch (row?.kind) {
    case undefined:
    case "import":
      return undefined;
    case "clear":
      return downloads ? undefined : row;
    case "model":
      return downloads ? fetching(row) : removing(row);
    default:
      return assertNever(row);
  }
}

const fetching = ({ row }: { readonly row: ModelRow }): ModelChoice | undefined =>
  row.fetchable ? { kind: "download", row } : undefined;

const removing = ({ row }: { readonly row: ModelRow }): ModelChoice | undefined =>
  row.removals.length > 0 ? { kind: "remove", row } : undefined;

function filling(listed: ListModelsResult, status: Status | undefined): Filling<Row> {
  if (status === undefined) {
    return { lines: [] };
  }
  const { runnable, others } = modelRows(listed, status);
  // What is left over of a model that is known is removed with it.
  const left = (listed.leftovers ?? []).filter(
    ({ model }) => !listed.models.some(({ id }) => id === model),
  );
  const heading = (label: string) => ({ label, kind: QuickPickItemKind.Separator });
  const marked =
    runnable.find(({ active }) => active !== undefined) ??
    runnable.find(({ model }) => model.selected);
  return {
    lines: [
      ...runnable.map(lineOf),
      ...(others.length === 0 ? [] : [heading("For other accelerators"), ...others.map(lineOf)]),
      heading("Of your own"),
      importLine("folder-opened", "Import a model from a folder…", "folder"),
      importLine("file-add", "Import a GGUF file…", "file"),
      ...(left.length === 0 ? [] : [heading("Left over"), ...left.map(leftoverLine)]),
    ],
    marked: marked?.model.id,
  };
}

const lineOf = (row: ModelRow): Line<Row> => ({
  label: row.label,
  description: row.description,
  ...(row.detail !== undefined && { detail: row.detail }),
  row: { kind: "model", row },
  key: row.model.id,
  iconPath: new ThemeIcon(row.icon),
  buttons: [...(row.fetchable ? [download] : []), ...(row.removals.length > 0 ? [remove] : [])],
});

const importLine = (icon: string, label: string, what: Importable): Line<Row> => ({
  label,
  row: { kind: "import", what },
  // No model's id begins like this.
  key: `import ${what}`,
  iconPath: new ThemeIcon(icon),
  alwaysShow: true,
});

const leftoverLine = (leftover: ModelLeftover): Line<Row> => ({
  label: plain(`Left over from ${leftover.model}`),
  description: sizeText(leftover.bytes),
  detail: "Files of a model that is not known here any more.",
  row: { kind: "clear", leftover },
  key: `left over ${leftover.model}`,
  iconPath: new ThemeIcon("archive"),
  buttons: [remove],
});
