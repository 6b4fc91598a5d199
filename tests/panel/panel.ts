// The fixture of every test: the panel in a browser, with a stand-in for the extension.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";

import { test as base, expect, type Locator, type Page } from "@playwright/test";
import type { AxeResults } from "axe-core";

import type { FromPanel, ToPanel } from "../../extension/src/chat/panel/panelMessages";
import { type Site, servePanel } from "./site";

export { expect } from "@playwright/test";

export const themeNames = ["dark", "light", "high-contrast", "high-contrast-light"] as const;
export type ThemeName = (typeof themeNames)[number];

/** What the editor gives to a page; `themes/read.mjs` reads it from the real one. */
interface Theme {
  readonly classes: readonly string[];
  readonly style: string;
  readonly variables: Readonly<Record<string, string>>;
}

declare global {
  interface Window {
    /** What the panel has posted. */
    phiSent: unknown[];
  }
}

interface Fixtures {
  theme: ThemeName;
  panel: Panel;
}

export const test = base.extend<Fixtures, { site: Site }>({
  theme: ["dark", { option: true }],

  site: [
    async ({ browserName: _ }, use) => {
      const site = await servePanel();
      await use(site);
      await site.close();
    },
    { scope: "worker" },
  ],

  panel: async ({ page, site, theme }, use) => {
    const complaints: string[] = [];
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) {
        complaints.push(message.text());
      }
    });
    await page.addInitScript(standInForTheEditor, await readTheme(theme));
    await page.goto(site.url);
    const panel = new Panel(page, complaints);
    await expect.poll(() => panel.sent("ready")).toHaveLength(1);
    await use(panel);
    // A broken policy shows nowhere but here.
    expect(panel.complaints, "what the browser complained about").toEqual([]);
  },
});

export class Panel {
  readonly composer: Locator;
  readonly conversation: Locator;

  constructor(
    readonly page: Page,
    /** Errors and warnings of the page; a test that expects one empties it. */
    readonly complaints: string[],
  ) {
    this.composer = page.getByRole("textbox", { name: "Question" });
    this.conversation = page.getByRole("region", { name: "Conversation" });
  }

  /** Posts messages as the extension does, and waits until they are drawn. */
  async tell(...messages: ToPanel[]): Promise<void> {
    await this.page.evaluate(async (all) => {
      for (const message of all) {
        window.postMessage(message);
      }
      // Behind the messages, and then behind the frame that shows them.
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => requestAnimationFrame(() => setTimeout(resolve));
        port2.postMessage(undefined);
      });
    }, messages);
  }

  /** The messages of one kind that the panel has posted. */
  async sent<Kind extends FromPanel["kind"]>(
    kind: Kind,
  ): Promise<Extract<FromPanel, { kind: Kind }>[]> {
    const all = (await this.page.evaluate(() => window.phiSent)) as FromPanel[];
    return all.filter(
      (message): message is Extract<FromPanel, { kind: Kind }> => message.kind === kind,
    );
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name });
  }

  /** What axe finds wrong, in words; empty is good. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axeSource);
    const before = this.complaints.length;
    const { violations } = await this.page.evaluate(() =>
      (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    // axe tries out styles of its own, which the page's policy refuses.
    this.complaints.splice(before);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(
        ({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary ?? ""}`,
      ),
    );
  }
}

const axeSource = await readFile(createRequire(import.meta.url).resolve("axe-core"), "utf8");

async function readTheme(name: ThemeName): Promise<Theme> {
  const file = path.join(import.meta.dirname, "themes", `${name}.json`);
  return JSON.parse(await readFile(file, "utf8")) as Theme;
}

/** Does in the page what the editor does to it, before any of its own scripts. */
function standInForTheEditor({ classes, style, variables }: Theme): void {
  window.phiSent = [];
  Object.assign(window, {
    acquireVsCodeApi: () => ({ postMessage: (message: unknown) => window.phiSent.push(message) }),
  });
  document.addEventListener("readystatechange", () => {
    if (document.readyState !== "interactive") {
      return;
    }
    document.body.classList.add(...classes);
    for (const [variable, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(variable, value);
    }
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    document.adoptedStyleSheets.push(sheet);
  });
}
