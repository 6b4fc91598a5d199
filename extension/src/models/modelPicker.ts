import { type QuickInputButton, QuickPickItemKind, ThemeIcon } from "vscode";

import { Method } from "../generated/methods";
import type { Model, Status } from "../generated/protocol";
import {
  type Filling,
  type Line,
  type Picked,
  pickFrom,
  type WatchedSidecar,
} from "../lists/sidecarList";
import { type ModelRow, modelRows } from "./modelRows";

/** What can be imported; the editor's dialog shows either of them, not both. */
export type Importable = "folder" | "file";

/** What the person did with the list. */
export type ModelChoice =
  | { readonly kind: "model" | "download" | "remove"; readonly row: ModelRow }
  | { readonly kind: "import"; readonly what: Importable };

type Row = ModelRow | Importable;

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
      const { models } = await connection.request(Method.phiListModels, {}, token);
      return filling(models, sidecar.status());
    },
    take: (row) =>
      typeof row === "string" ? { kind: "import", what: row } : { kind: "model", row },
    press,
  });
}

function press(button: QuickInputButton, row: Row | undefined): ModelChoice | undefined {
  if (row === undefined || typeof row === "string") {
    return undefined;
  }
  if (button === download || button === downloadMarked) {
    return row.fetchable ? { kind: "download", row } : undefined;
  }
  return row.removable ? { kind: "remove", row } : undefined;
}

function filling(models: readonly Model[], status: Status | undefined): Filling<Row> {
  if (status === undefined) {
    return { lines: [] };
  }
  const { runnable, others } = modelRows(models, status);
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
    ],
    marked: marked?.model.id,
  };
}

const lineOf = (row: ModelRow): Line<Row> => ({
  label: row.label,
  description: row.description,
  ...(row.detail !== undefined && { detail: row.detail }),
  row,
  key: row.model.id,
  iconPath: new ThemeIcon(row.icon),
  buttons: [...(row.fetchable ? [download] : []), ...(row.removable ? [remove] : [])],
});

const importLine = (icon: string, label: string, what: Importable): Line<Row> => ({
  label,
  row: what,
  // No model's id begins like this.
  key: `import ${what}`,
  iconPath: new ThemeIcon(icon),
  alwaysShow: true,
});
