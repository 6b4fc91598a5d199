import { mkdir } from "node:fs/promises";
import process from "node:process";
import { candidates } from "./candidates";
import type { Connected } from "./connection";
import type { Editor } from "./editor";
import type { Failure } from "./failure";
import { findInstallation, isFile } from "./installation";
import { findInterpreter, interpreterFailure } from "./interpreter";
import { launchPlan } from "./launch";
import { probeInterpreter } from "./probe";
import { startProcess } from "./process";
import { pythonExtensionChoice } from "./pythonExtension";

/** Finds an interpreter, starts the sidecar and waits until it answers; never rejects. */
export async function connect(editor: Editor, signal: AbortSignal): Promise<Connected> {
  try {
    await mkdir(editor.storageFolder, { recursive: true });
    const installation = await findInstallation(editor.extensionFolder, editor.storageFolder);
    if (installation === undefined) {
      return { kind: "impossible", failure: incomplete };
    }
    const machine = { platform: process.platform, searchPath: process.env.PATH ?? "", isFile };
    const places = {
      setting: editor.python(),
      product: installation.pythonFolders,
      pythonExtension: pythonExtensionChoice,
    };
    const found = await findInterpreter(candidates(machine, places), (candidate) =>
      probeInterpreter(candidate, editor.storageFolder),
    );
    if (found.kind !== "found") {
      return { kind: "impossible", failure: interpreterFailure(found) };
    }
    editor.log.info(
      `Starting the sidecar with Python ${found.version.join(".")}, ${found.executable} (${found.source}).`,
    );
    if (signal.aborted) {
      return { kind: "crashed", how: "was no longer wanted" };
    }
    const plan = launchPlan({
      executable: found.executable,
      sidecarFolder: installation.sidecarFolder,
      workingFolder: editor.storageFolder,
      logLevel: editor.logLevel(),
      environment: process.env,
    });
    // Loaded late: the language client takes longer than all of our own activation.
    const { speakTo } = await import("./speak");
    return await speakTo(startProcess(plan), editor, signal);
  } catch (error) {
    return { kind: "crashed", how: `could not be started (${String(error)})` };
  }
}

const incomplete: Failure = {
  reason: "This installation of Phi Sidecar is incomplete: its sidecar is missing.",
  remedy: "Uninstall the extension and install it again.",
  fixes: ["showLog"],
};
