import { homedir } from "node:os";
import { ProgressLocation, Uri, window } from "vscode";

import { Method } from "../generated/methods";
import type { Model } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { type Outcome, outcomeOf } from "../sidecar/outcome";
import type { Importable } from "./modelPicker";

/** Lets the person choose what to import; undefined when they choose nothing. */
export async function chooseSource(what: Importable): Promise<string | undefined> {
  const picked = await window.showOpenDialog({
    title: what === "folder" ? "Import a Model from a Folder" : "Import a GGUF File",
    openLabel: "Import",
    canSelectFolders: what === "folder",
    canSelectFiles: what === "file",
    canSelectMany: false,
    // Where the sidecar runs, which alone can read it.
    defaultUri: Uri.file(homedir()),
    ...(what === "file" && { filters: { "GGUF models": ["gguf"] } }),
  });
  const [uri] = picked ?? [];
  // What lies elsewhere has no path here.
  return uri?.scheme === "file" ? uri.fsPath : undefined;
}

/** Has the sidecar look at what was chosen, and add it to the models. */
export async function importFrom(connection: Connection, folder: string): Promise<Outcome<Model>> {
  const options = {
    location: ProgressLocation.Notification,
    title: "Phi: looking at the model",
    cancellable: true,
  };
  return await window.withProgress(options, async (_progress, token) => {
    try {
      const { model } = await connection.request(Method.phiImportModel, { folder }, token);
      return { kind: "done", result: model };
    } catch (error) {
      return outcomeOf(error, { ended: token.isCancellationRequested });
    }
  });
}
