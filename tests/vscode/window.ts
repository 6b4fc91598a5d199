// The fixture of every test: a window on the sandbox's HOME that leaves nothing behind.
import { cp, rm } from "node:fs/promises";
import path from "node:path";

import { test as base, expect } from "@playwright/test";

import { startCodeServer } from "../../tools/code-server.mjs";
import { ChatPanel } from "./chatPanel";
import { Editor } from "./editor";
import { Film } from "./film";
import { killAll, running } from "./processes";
import {
  chooseAccelerator,
  logFolder,
  newWindow,
  openSandbox,
  rememberSpeed,
  type Sandbox,
  type Window,
} from "./sandbox";
import { pictures, requiredVariable } from "./variables";

export { expect } from "@playwright/test";

const SIDECAR_GONE_WITHIN_MS = 10_000;

/**
 * What every window has set: nothing of the product, only what would get into the picture, and the
 * editor's list of the words of a file. It opens 750 ms after a letter of a word where no suggestion
 * is there yet, and how long one takes depends on what else the machine does.
 */
const QUIET: Record<string, unknown> = {
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "window.autoDetectColorScheme": true,
  "chat.disableAIFeatures": true,
  "breadcrumbs.enabled": false,
  "editor.minimap.enabled": false,
  "editor.stickyScroll.enabled": false,
  "editor.wordBasedSuggestions": "off",
  "window.commandCenter": false,
  "workbench.layoutControl.enabled": false,
};

/** For tests of how a suggestion is shown: what the model suggests, and how sure it is, is another matter. */
export const ANY_SUGGESTION = { "phiSidecar.completion.confidence": "any" };

interface Fixtures {
  /** Whether the window is stripped of what is not the product's; off where nothing may be set. */
  quiet: boolean;
  /** Settings beside the defaults, set by `test.use`. */
  settings: Record<string, unknown>;
  /** The name of the computer; only `main`, which all share, outlasts the test. */
  computer: string;
  /** The accelerator chosen before the window opens; undefined where none ever was. */
  accelerator: string | undefined;
  /** Tokens per second that the starter is known for; undefined for what was measured last. */
  knownSpeed: number | undefined;
  sandbox: Sandbox;
  files: Window;
  server: Awaited<ReturnType<typeof startCodeServer>>;
  editor: Editor;
  chat: ChatPanel;
  /** Takes a picture for the README where that was asked for; such tests are tagged `@picture`. */
  picture: (name: string) => Promise<void>;
  /** Plays a scene, and films it where pictures were asked for. */
  film: (name: string, scene: () => Promise<void>) => Promise<void>;
}

export const test = base.extend<Fixtures>({
  quiet: [true, { option: true }],
  settings: [{}, { option: true }],

  computer: ["main", { option: true }],
  accelerator: ["openvino-genai/CPU", { option: true }],
  knownSpeed: [undefined, { option: true }],

  sandbox: async ({ computer, accelerator, knownSpeed }, use) => {
    const sandbox = await openSandbox(requiredVariable("PHI_EDITOR_SANDBOX"), computer);
    if (accelerator !== undefined) {
      await chooseAccelerator(sandbox, accelerator);
    }
    if (knownSpeed !== undefined) {
      await rememberSpeed(sandbox, knownSpeed);
    }
    await use(sandbox);
    if (computer !== "main") {
      killAll(await running("any", sandbox.home));
      await rm(sandbox.folder, { recursive: true, force: true, maxRetries: 5 });
    }
  },

  files: async ({ sandbox, quiet, settings }, use) => {
    await use(
      await newWindow(sandbox, {
        settings: { ...(quiet || pictures !== undefined ? QUIET : {}), ...settings },
        from: path.join(import.meta.dirname, "workspace"),
      }),
    );
  },

  server: async ({ sandbox, files }, use, testInfo) => {
    const server = await startCodeServer({ ...sandbox, ...files });
    await use(server);
    await server.stop();
    if (testInfo.status !== testInfo.expectedStatus) {
      const logs = await logFolder(files);
      if (logs !== undefined) {
        await cp(logs, testInfo.outputPath("logs"), { recursive: true });
      }
    }
    try {
      await expect
        .poll(() => running("sidecar", sandbox.home), {
          message: "sidecars that outlived their window",
          timeout: SIDECAR_GONE_WITHIN_MS,
        })
        .toEqual([]);
    } finally {
      killAll(await running("sidecar", sandbox.home));
    }
  },

  editor: async ({ page, server, files }, use, testInfo) => {
    await use(new Editor(page, server, files.workspace));
    if (testInfo.status !== testInfo.expectedStatus) {
      await page.screenshot({ path: testInfo.outputPath("window.png") });
    }
  },

  chat: async ({ editor }, use) => {
    await use(new ChatPanel(editor));
  },

  picture: async ({ page }, use) => {
    await use(async (name) => {
      if (pictures !== undefined) {
        const file = `${name}-${pictures.colours}.png`;
        await page.screenshot({ path: path.join(pictures.folder, file) });
      }
    });
  },

  film: async ({ page }, use) => {
    await use(async (name, scene) => {
      if (pictures === undefined) {
        await scene();
        return;
      }
      const film = await Film.of(page);
      await scene();
      await film.save(path.join(pictures.folder, `${name}-${pictures.colours}.webp`));
    });
  },
});
