// Bundles the extension into one file, which is what the editor loads.
import { build } from "esbuild";

import { inRoot, isProgram } from "./layout.mjs";
import { setUp } from "./setup.mjs";

/** Writes the bundle; for development with a source map and readable. */
export async function bundle({ outfile, development = false }) {
  await build({
    entryPoints: [inRoot("extension", "src", "extension.ts")],
    outfile,
    bundle: true,
    // The editor gives it to every extension.
    external: ["vscode"],
    format: "cjs",
    platform: "node",
    // The Node inside the oldest editor that package.json allows.
    target: "node22",
    minify: !development,
    sourcemap: development ? "linked" : false,
    legalComments: "eof",
    logLevel: "warning",
  });
}

if (isProgram(import.meta.url)) {
  await setUp();
  await bundle({ outfile: inRoot("dist", "extension.js"), development: true });
}
