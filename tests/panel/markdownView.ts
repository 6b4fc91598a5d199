// The fixture of the Markdown tests: a view of its own in the panel's page, under the panel's
// policy, driven directly.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Page } from "@playwright/test";
import { build } from "esbuild";

import { inRoot } from "../../tools/layout.mjs";
import { test as base } from "./panel";

export { expect } from "@playwright/test";

type ViewModule = typeof import("../../extension/src/webview/markdown/markdownView");

interface Fixtures {
  view: View;
}

interface WorkerFixtures {
  viewBundle: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  viewBundle: [
    async ({ browserName: _ }, use) => {
      const outdir = await mkdtemp(path.join(tmpdir(), "phi-view-"));
      await build({
        entryPoints: { view: inRoot("extension/src/webview/markdown/markdownView.ts") },
        outdir,
        bundle: true,
        format: "esm",
        splitting: true,
        target: "chrome142",
        logLevel: "warning",
      });
      await use(outdir);
      await rm(outdir, { recursive: true, force: true });
    },
    { scope: "worker" },
  ],

  view: async ({ panel, viewBundle }, use) => {
    await panel.page.route("**/view/*", async (route) => {
      const file = path.basename(new URL(route.request().url()).pathname);
      await route.fulfill({
        contentType: "text/javascript",
        body: await readFile(path.join(viewBundle, file)),
      });
    });
    await use(new View(panel.page));
  },
});

/** What the view asked of its page, by name. */
export type Asked = readonly [
  keyof import("../../extension/src/webview/markdown/markdownView").AnswerActions,
  ...string[],
];

/** How a text is drawn. */
interface Drawing {
  /** Whether each piece is waited for before the next comes. */
  readonly slowly?: boolean;
  readonly finish?: boolean;
  /** Whether each piece seems to be the last. */
  readonly finishEach?: boolean;
}

/** Draws texts into the page. */
export class View {
  constructor(readonly page: Page) {}

  /** Draws a text that comes in pieces; gives what is in the page then. */
  async draw(
    pieces: readonly string[],
    { slowly = false, finish = true, finishEach = false }: Drawing = {},
  ): Promise<string> {
    return this.page.evaluate(
      async ({ pieces, slowly, finish, finishEach }) => {
        const address = "/view/view.js";
        const { MarkdownView } = (await import(address)) as ViewModule;
        if (slowly) {
          // Frames as fast as they are asked for.
          const { port1, port2 } = new MessageChannel();
          const callbacks: FrameRequestCallback[] = [];
          port1.onmessage = () => callbacks.shift()?.(performance.now());
          window.requestAnimationFrame = (callback) => {
            port2.postMessage(undefined);
            return callbacks.push(callback);
          };
        }
        const asked: Asked[] = [];
        const container = document.createElement("div");
        document.body.replaceChildren(container);
        const view = new MarkdownView(container, {
          copy: (text) => asked.push(["copy", text]),
          insert: (text) => asked.push(["insert", text]),
          newFile: (text, languageId) => asked.push(["newFile", text, languageId]),
          openLink: (href) => asked.push(["openLink", href]),
        });
        Object.assign(window, { phiView: view, phiAsked: asked });
        for (const piece of pieces) {
          view.append(piece);
          if (finishEach) {
            view.finish();
          }
          if (slowly) {
            await view.drawn();
          }
        }
        if (finish) {
          view.finish();
        }
        await view.drawn();
        return container.innerHTML;
      },
      { pieces, slowly, finish, finishEach },
    );
  }

  /** Appends to the text that is being drawn. */
  async append(text: string): Promise<void> {
    await this.page.evaluate(async (more) => {
      const { phiView } = window as unknown as {
        phiView: InstanceType<ViewModule["MarkdownView"]>;
      };
      phiView.append(more);
      await phiView.drawn();
    }, text);
  }

  /** What the view asked for. */
  async asked(): Promise<readonly Asked[]> {
    return this.page.evaluate(() => (window as unknown as { phiAsked: Asked[] }).phiAsked);
  }
}
