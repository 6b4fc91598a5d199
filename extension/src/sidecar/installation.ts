import { lstat, stat } from "node:fs/promises";
import path from "node:path";

/** Where the sidecar's package lies, and the folders that may hold a Python of the product's own. */
export interface Installation {
  readonly sidecarFolder: string;
  readonly pythonFolders: readonly string[];
}

/** Finds the sidecar: inside the package, or in a checkout beside its development environment. */
export async function findInstallation(
  extensionFolder: string,
  storageFolder: string,
): Promise<Installation | undefined> {
  const own = path.join(storageFolder, "python");
  const packaged = path.join(extensionFolder, "dist", "sidecar");
  if (await isFolder(path.join(packaged, "phi_sidecar"))) {
    return { sidecarFolder: packaged, pythonFolders: [own] };
  }
  const checkout = path.join(extensionFolder, "sidecar");
  if (await isFolder(path.join(checkout, "phi_sidecar"))) {
    return {
      sidecarFolder: checkout,
      pythonFolders: [path.join(extensionFolder, ".venv"), own],
    };
  }
  return undefined;
}

/** Whether a path names a file, or something that can only be told by running it. */
export async function isFile(file: string): Promise<boolean> {
  // The Windows Store's programs are links that lead nowhere a file can be seen, yet they run.
  const found = await stat(file)
    .catch(() => lstat(file))
    .catch(() => undefined);
  return found !== undefined && !found.isDirectory();
}

async function isFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
