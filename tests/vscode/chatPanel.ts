// The chat panel, by what a person does in it and sees of it.
import { expect, type Frame, type FrameLocator, type Locator, type Page } from "@playwright/test";

import type { Editor } from "./editor";

const LOADED_WITHIN_MS = 30_000;
const ANSWERED_WITHIN_MS = 60_000;

export class ChatPanel {
  readonly #page: Page;

  constructor(readonly editor: Editor) {
    this.#page = editor.page;
  }

  /** Opens the panel by its command, and waits until it can be typed in. */
  async open(): Promise<void> {
    await this.editor.command("Phi: Open Chat");
    await expect(this.question).toBeVisible({ timeout: LOADED_WITHIN_MS });
  }

  /** The page inside the webview. */
  get frame(): FrameLocator {
    return this.#page.frameLocator("iframe.webview").frameLocator("iframe#active-frame");
  }

  /** The same, to run something in it. */
  async webview(): Promise<Frame> {
    const outer = await this.#page.locator("iframe.webview").elementHandle();
    const inner = await (await outer?.contentFrame())?.waitForSelector("iframe#active-frame");
    const frame = await inner?.contentFrame();
    if (!frame) {
      throw new Error("The panel has no page.");
    }
    return frame;
  }

  get question(): Locator {
    return this.frame.getByLabel("Question", { exact: true });
  }

  get turns(): Locator {
    return this.frame.locator("phi-turn");
  }

  /** The newest answer that is shown. */
  get answer(): Locator {
    return this.turns.last().locator("phi-answer");
  }

  /** The line below the newest answer: the model, the accelerator, how fast. */
  get facts(): Locator {
    return this.turns.last().locator(".facts");
  }

  button(name: string | RegExp): Locator {
    return this.frame.getByRole("button", { name });
  }

  get stop(): Locator {
    return this.button(/^Stop the answer/);
  }

  async ask(text: string): Promise<void> {
    await this.question.fill(text);
    await this.question.press("Enter");
  }

  /** Waits for the end of the newest answer. */
  async untilAnswered({ turns = 1, timeoutMs = ANSWERED_WITHIN_MS } = {}): Promise<void> {
    await expect(this.turns).toHaveCount(turns);
    await expect(this.stop).toHaveCount(0, { timeout: timeoutMs });
  }

  /** Waits until the newest answer has some text, and is still being written. */
  async untilStreaming({ characters = 20 } = {}): Promise<void> {
    await expect
      .poll(async () => (await this.answer.innerText()).length, { timeout: ANSWERED_WITHIN_MS })
      .toBeGreaterThan(characters);
    await expect(this.stop).toBeVisible();
  }

  /** The newest answer's text. */
  async text(): Promise<string> {
    return (await this.answer.innerText()).trim();
  }
}
