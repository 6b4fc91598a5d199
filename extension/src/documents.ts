/**
 * The documents that the sidecar is told of: those a person writes in.
 *
 * Left out are the schemes of output, diffs, debug consoles and the editor's own settings. The
 * commit message box is in, for it is a language (`scminput`) that can be turned on. Remote files
 * are in, for the extension prefers to run where the person sits: that is where the accelerator is.
 */
export const documentSelector = [
  { scheme: "file" },
  { scheme: "untitled" },
  { scheme: "vscode-notebook-cell" },
  { scheme: "vscode-remote" },
  { scheme: "vscode-vfs" },
  { scheme: "vscode-scm" },
] as const;
