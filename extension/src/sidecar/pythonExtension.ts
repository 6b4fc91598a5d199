import { extensions, workspace } from "vscode";

/** The part of the Python extension's interface that is used here. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(): { readonly path: string };
    resolveEnvironment(environment: {
      readonly path: string;
    }): Promise<
      { readonly executable: { readonly uri?: { readonly fsPath: string } } } | undefined
    >;
  };
}

/**
 * Asks the Python extension, where there is one, which interpreter the person chose.
 *
 * Not in an untrusted folder: the choice may be a program that came with the folder.
 */
export async function pythonExtensionChoice(): Promise<string | undefined> {
  const extension = extensions.getExtension<PythonApi | undefined>("ms-python.python");
  if (extension === undefined || !workspace.isTrusted) {
    return undefined;
  }
  const environments = (await extension.activate())?.environments;
  const chosen = environments?.getActiveEnvironmentPath();
  const resolved = chosen && (await environments?.resolveEnvironment(chosen));
  return resolved?.executable.uri?.fsPath;
}
