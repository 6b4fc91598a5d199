import type { FromPanel, ToPanel } from "../chat/panel/panelMessages";

/** What the editor gives to a page that it shows. */
interface PageApi {
  postMessage(message: FromPanel): void;
}

declare global {
  /** May be called once in a page's life. */
  function acquireVsCodeApi(): PageApi;
}

/** The extension, as the panel sees it. */
export interface Host {
  post(message: FromPanel): void;
  onMessage(receive: (message: ToPanel) => void): void;
}

/** Connects the page with the extension. */
export function connectHost(page: Window): Host {
  const api = acquireVsCodeApi();
  return {
    post: (message) => api.postMessage(message),
    onMessage: (receive) => {
      page.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
        if (isToPanel(data)) {
          receive(data);
        }
      });
    },
  };
}

const kinds: Readonly<Record<ToPanel["kind"], true>> = {
  conversation: true,
  turn: true,
  text: true,
  composer: true,
  surroundings: true,
  notice: true,
  colours: true,
  focus: true,
};

// A browser's own extensions talk to the page in the same way.
function isToPanel(data: unknown): data is ToPanel {
  const { kind } = (data ?? {}) as { kind?: unknown };
  return typeof kind === "string" && Object.hasOwn(kinds, kind);
}

/** Tells the extension where the panel itself went wrong, and never with what text. */
export function reportFailures(page: Window, host: Host): void {
  page.addEventListener("error", ({ error, filename, lineno, colno }) => {
    const file = filename.split("/").at(-1) ?? "";
    host.post({ kind: "failed", what: `${nameOf(error)} at ${file}:${lineno}:${colno}` });
  });
  page.addEventListener("unhandledrejection", ({ reason }) => {
    host.post({ kind: "failed", what: `${nameOf(reason)}, not handled` });
  });
}

// An error's message may quote what was worked on; its name does not.
const nameOf = (thrown: unknown) => (thrown instanceof Error ? thrown.name : typeof thrown);
