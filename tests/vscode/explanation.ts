// The page of "Why No Suggestion?", by what a person sees on it.
import { expect, type FrameLocator, type Locator } from "@playwright/test";

import type { Editor } from "./editor";

export class ExplanationPage {
  readonly content: FrameLocator;

  private constructor(editor: Editor) {
    this.content = editor.page
      .frameLocator(".editor-container iframe.webview, iframe.webview.ready")
      .last()
      .frameLocator("iframe#active-frame");
  }

  /** Opens it from the palette. */
  static async open(editor: Editor): Promise<ExplanationPage> {
    await editor.command("Phi: Why No Suggestion?");
    return ExplanationPage.opened(editor);
  }

  /** Waits until it is open. */
  static async opened(editor: Editor): Promise<ExplanationPage> {
    const page = new ExplanationPage(editor);
    await expect(page.content.getByRole("heading", { level: 1 })).toHaveText("Why No Suggestion?");
    return page;
  }

  /** The page's HTML as it is drawn, the theme's colours included. */
  async html(): Promise<string> {
    return this.content.locator("html").evaluate((element) => element.outerHTML);
  }

  /** Has it ask the sidecar again. */
  async lookAgain(): Promise<void> {
    await this.content.getByRole("link", { name: "Look again" }).click();
  }

  /** Those with a suggestion, newest first. */
  get suggested(): Locator {
    return this.content.locator(".entry.yes");
  }

  /** When each suggestion was answered, in milliseconds since the epoch. */
  async answeredAtMs(): Promise<number[]> {
    const entries = await this.suggested.all();
    return Promise.all(
      entries.map(async (entry) => {
        const asked = await entry.locator("time").getAttribute("datetime");
        // What was known already took no time worth telling.
        const took = (await entry.locator(".total").textContent()) || "0";
        return Date.parse(asked ?? "") + Number.parseFloat(took.replaceAll(",", ""));
      }),
    );
  }
}
