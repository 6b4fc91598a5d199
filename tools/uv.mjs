// Runs uv with the package index that pip is told to use: people behind a mirror set up pip, and uv
// reads none of pip's settings.
import process from "node:process";

import { venvProgram } from "./layout.mjs";
import { must, run } from "./processes.mjs";

async function pipSetting(name) {
  const { code, output } = await run(
    venvProgram("python"),
    ["-m", "pip", "config", "get", `global.${name}`],
    { quiet: true },
  );
  return code === 0 ? output.trim() : undefined;
}

async function indexFromPip() {
  const env = process.env;
  if (env.UV_DEFAULT_INDEX || env.UV_INDEX_URL || env.UV_CONFIG_FILE) {
    return {};
  }
  const index = env.PIP_INDEX_URL || (await pipSetting("index-url"));
  return index ? { UV_DEFAULT_INDEX: index } : {};
}

/** Runs uv, which must succeed; options as for `must`. */
export async function uv(args, options) {
  const env = { UV_SYSTEM_CERTS: "1", ...(await indexFromPip()) };
  return must(venvProgram("uv"), args, { ...options, env: { ...env, ...options.env } });
}
