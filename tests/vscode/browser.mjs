// The browser that the editor suite drives: Chromium out of an npm package, so that neither root
// nor a download from anywhere but the registry is needed.
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { codeServerNode } from "../../tools/code-server.mjs";
import { inRoot } from "../../tools/layout.mjs";
import { lockedInstall } from "../../tools/locked-install.mjs";

// The package unpacks itself into the temporary folder; told that it runs in the cloud it was made
// for, it also unpacks the libraries that a bare machine lacks (NSS, expat).
const UNPACK = 'import("@sparticuz/chromium").then(({ default: it }) => it.executablePath())';

/** How the suites start it: it asks for nothing but what is on loopback. */
export const browserArguments = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-component-update",
  "--disable-sync",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
];

/**
 * Installs Chromium into `.cache/browser`, once.
 *
 * @param {{ onStep?: (step: string) => void }} [options]
 * @returns {Promise<{ executablePath: string, env: Record<string, string> }>} what Playwright's
 *   `launchOptions` take
 */
export async function installBrowser({ onStep = () => {} } = {}) {
  const folder = await lockedInstall({
    name: "browser",
    lockFolder: inRoot("tests", "vscode", "browser"),
    title: "the browser that tests the editor (70 MB)",
    onStep,
    finish: unpack,
  });
  return {
    executablePath: path.join(folder, "chromium", "chromium"),
    env: {
      ...process.env,
      LD_LIBRARY_PATH: path.join(folder, "chromium", "al2023", "lib"),
      FONTCONFIG_FILE: await fontConfiguration(folder),
    },
  };
}

async function unpack(folder) {
  const place = path.join(folder, "chromium");
  await mkdir(place);
  await promisify(execFile)(codeServerNode(), ["--eval", UNPACK], {
    cwd: folder,
    env: { ...process.env, TMPDIR: place, AWS_EXECUTION_ENV: "AWS_Lambda_nodejs22.x" },
  });
}

/** The machine's fonts where it has any, and the package's for the interface on every machine. */
async function fontConfiguration(folder) {
  const file = path.join(folder, "fonts.conf");
  const interfaceFonts = ["system-ui", "sans-serif"].map(
    (family) => `<match target="pattern"><test name="family"><string>${family}</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Open Sans</string></edit></match>`,
  );
  await writeFile(
    file,
    `<?xml version="1.0"?>
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>${path.join(folder, "chromium", "fonts", "fonts")}</dir>
  <cachedir>${path.join(folder, "font-cache")}</cachedir>
  ${interfaceFonts.join("\n  ")}
</fontconfig>
`,
  );
  return file;
}
