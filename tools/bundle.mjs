// Bundles the extension into what the editor loads at its start and what it loads to speak to the
// sidecar, and the chat panel's page into a folder beside them.
import { copyFile, mkdir } from "node:fs/promises";
import path from "node:path";

import { build } from "esbuild";

import { inRoot, isProgram } from "./layout.mjs";
import { setUp } from "./setup.mjs";

/** Writes both bundles; for development with source maps and readable. */
export async function bundle({ outfile, development = false }) {
  await bundleExtension({ outfile, development });
  await bundlePanel({ outdir: path.join(path.dirname(outfile), "webview"), development });
}

/** Writes the panel's script, its style, and a file for each language that it can highlight. */
export async function bundlePanel({ outdir, development = false }) {
  await build({
    entryPoints: {
      panel: inRoot("extension", "src", "webview", "main.ts"),
      style: inRoot("extension", "src", "webview", "style.css"),
    },
    outdir,
    bundle: true,
    format: "esm",
    splitting: true,
    chunkNames: "parts/[name]-[hash]",
    platform: "browser",
    // The browser inside the oldest editor that package.json allows.
    target: "chrome142",
    minify: !development,
    sourcemap: development ? "linked" : false,
    legalComments: "eof",
    logLevel: "warning",
  });
  await mkdir(outdir, { recursive: true });
  for (const file of ["codicon.css", "codicon.ttf"]) {
    await copyFile(
      inRoot("node_modules", "@vscode", "codicons", "dist", file),
      path.join(outdir, file),
    );
  }
}

async function bundleExtension({ outfile, development }) {
  const { metafile } = await build({
    entryPoints: {
      [path.basename(outfile, ".js")]: inRoot("extension", "src", "extension.ts"),
      [SPEAK]: inRoot("extension", "src", "sidecar", "speak.ts"),
    },
    outdir: path.dirname(outfile),
    bundle: true,
    // The editor gives it to every extension.
    external: ["vscode"],
    plugins: [speakApart],
    metafile: true,
    format: "cjs",
    platform: "node",
    // The Node inside the oldest editor that package.json allows.
    target: "node22",
    // The editor's own module is found by `require` alone.
    supported: { "dynamic-import": false },
    minify: !development,
    sourcemap: development ? "linked" : false,
    legalComments: "eof",
    logLevel: "warning",
  });
  const [, atStart] = Object.entries(metafile.outputs).find(
    ([file]) => path.basename(file) === path.basename(outfile),
  );
  if (Object.keys(atStart.inputs).some((input) => input.includes("vscode-languageclient"))) {
    throw new Error("The language client is in what the editor reads at its start.");
  }
}

const SPEAK = "speak";

/** The language client is three quarters of the code: in a file that is read when it is needed. */
const speakApart = {
  name: "speak-apart",
  setup(bundling) {
    bundling.onResolve({ filter: new RegExp(`^\\./${SPEAK}$`) }, ({ kind }) =>
      kind === "dynamic-import" ? { path: `./${SPEAK}.js`, external: true } : undefined,
    );
  },
};

if (isProgram(import.meta.url)) {
  await setUp();
  await bundle({ outfile: inRoot("dist", "extension.js"), development: true });
}
