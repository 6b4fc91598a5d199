// What `run.mjs` tells the suite.
import process from "node:process";

/** Returns a variable that `run.mjs` always sets. */
export function requiredVariable(name: "PHI_EDITOR_SANDBOX" | "PHI_EDITOR_VSIX"): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`${name} is not set: start the suite with 'npm run test:vscode'.`);
  }
  return value;
}

/** The pictures to take; undefined where none are asked for. */
export const pictures = picturesAsked();

function picturesAsked(): { folder: string; colours: "dark" | "light" } | undefined {
  const { PHI_EDITOR_SCREENSHOTS: folder, PHI_EDITOR_COLOURS: colours } = process.env;
  return folder === undefined
    ? undefined
    : { folder, colours: colours === "dark" ? "dark" : "light" };
}
