// The panel's page with its bundle, served as the editor serves it: under its own policy.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

import { bundlePanel } from "../../tools/bundle.mjs";

// The extension's sources are CommonJS to the test runner, which finds no names in them to import.
const { panelHtml } = createRequire(import.meta.url)(
  "../../extension/src/chat/panel/panelHtml",
) as typeof import("../../extension/src/chat/panel/panelHtml");

const types: Record<string, string> = {
  ".css": "text/css",
  ".js": "text/javascript",
  ".ttf": "font/ttf",
};

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Bundles the panel and serves it on loopback. */
export async function servePanel(): Promise<Site> {
  const folder = await mkdtemp(path.join(tmpdir(), "phi-panel-"));
  await bundlePanel({ outdir: folder, development: true });
  const server = createServer((request, response) => {
    const { pathname, origin } = new URL(request.url ?? "/", url);
    if (pathname === "/") {
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(
        panelHtml({
          cspSource: origin,
          script: "/panel.js",
          style: "/style.css",
          icons: "/codicon.css",
        }),
      );
      return;
    }
    readFile(path.join(folder, path.basename(path.dirname(pathname)), path.basename(pathname)))
      .then((content) => {
        response.setHeader("content-type", types[path.extname(pathname)] ?? "text/plain");
        response.end(content);
      })
      .catch(() => {
        response.statusCode = 404;
        response.end();
      });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const url = `http://127.0.0.1:${port}/`;
  return {
    url,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await rm(folder, { recursive: true, force: true });
    },
  };
}
