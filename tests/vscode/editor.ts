// One VS Code window, by what a person does in it and sees of it.
import { readFile } from "node:fs/promises";
import path from "node:path";

import { expect, type Locator, type Page } from "@playwright/test";

const LOADED_WITHIN_MS = 60_000;
const SUGGESTED_WITHIN_MS = 30_000;
/** The pace of a quick typist, 10 keys a second. */
const BETWEEN_KEYS_MS = 100;

export interface Place {
  file: string;
  line: number;
  column: number;
}

/** Ghost text. */
export interface Suggestion {
  /** What would be added, without what stands on the line already. */
  ghost: string;
  /** What of it can be typed along: as far as nothing stands there yet, such as a bracket. */
  ahead: string;
  /** The line of the cursor and those below it as they would be. */
  text: string;
  lines: number;
}

/** What was painted of a suggestion, from one moment until the next frame; empty for nothing. */
export interface Frame {
  /** Milliseconds since the epoch. */
  atMs: number;
  ghost: string;
  text: string;
}

export class Editor {
  constructor(
    readonly page: Page,
    private readonly server: { url: string; port: number },
    private readonly workspace: string,
  ) {}

  /** Loads the window with a file open and the cursor at a place; both count from 1. */
  async load({ file, line, column }: Place): Promise<void> {
    const uri = `vscode-remote://127.0.0.1:${this.server.port}${path.join(this.workspace, file)}`;
    const payload = [
      ["openFile", `${uri}:${line}:${column}`],
      ["gotoLineMode", "true"],
    ];
    await this.page.goto(
      `${this.server.url}&payload=${encodeURIComponent(JSON.stringify(payload))}`,
    );
    await expect(this.page.locator(".editor-instance .view-lines .view-line").first()).toBeVisible({
      timeout: LOADED_WITHIN_MS,
    });
    await this.focusText();
  }

  /** The extension's item in the status bar. */
  get status(): Locator {
    return this.page.locator('.statusbar-item[id^="phi-sidecar."]').first();
  }

  /** The tab of an open editor, by its whole label. */
  tab(label: string): Locator {
    return this.page.locator(".tabs-container .tab").filter({ hasText: label });
  }

  /** The notifications that are shown. */
  get notifications(): Locator {
    return this.page.locator(".notifications-toasts .notification-toast");
  }

  /** The editor's own list of completions. */
  get list(): Locator {
    return this.page.locator(".suggest-widget.visible");
  }

  notification(text: string | RegExp): Locator {
    return this.notifications.filter({ hasText: text });
  }

  /** Waits until the status bar names the accelerator alone, as it does when a model answers. */
  async untilReady({ accelerator = "CPU", timeoutMs = LOADED_WITHIN_MS } = {}): Promise<void> {
    const ready = new RegExp(`^\\s*${accelerator}( · [\\d.]+ tok/s)?\\s*$`, "i");
    await expect(this.status).toHaveText(ready, { timeout: timeoutMs });
  }

  async focusText(): Promise<void> {
    await this.page
      .locator(".editor-instance .monaco-editor")
      .first()
      .click({
        // Beside the text, so that the click moves no cursor into it.
        position: { x: 5, y: 5 },
        trial: true,
      });
    await this.page
      .locator(
        ".editor-instance .monaco-editor .native-edit-context, .editor-instance .monaco-editor textarea.inputarea",
      )
      .first()
      .focus();
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text, { delay: BETWEEN_KEYS_MS });
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
    }
  }

  /** What is suggested now; undefined where nothing is. */
  async suggestion(): Promise<Suggestion | undefined> {
    const shown = await this.page.evaluate(readSuggestion);
    return shown.ghost.trim() === "" ? undefined : shown;
  }

  /** Notes from now on what is painted of suggestions; what this returns ends it. */
  async watch(): Promise<() => Promise<Frame[]>> {
    const reel = await this.page.evaluateHandle(watchSuggestion, readSuggestion.toString());
    return () => reel.evaluate((frames) => frames.end());
  }

  /** Waits for a suggestion of at least so many lines, and returns it. */
  async untilSuggestion({ lines = 1 } = {}): Promise<Suggestion> {
    let last: Suggestion | undefined;
    await expect
      .poll(
        async () => {
          last = await this.suggestion();
          return last?.lines ?? 0;
        },
        { timeout: SUGGESTED_WITHIN_MS, message: "lines of ghost text" },
      )
      .toBeGreaterThanOrEqual(lines);
    if (last === undefined) {
      throw new Error("The suggestion went while it was looked at.");
    }
    return last;
  }

  /** Expects that nothing is suggested, for as long as a suggestion may take. */
  async expectNoSuggestion({ forMs = 3_000 } = {}): Promise<void> {
    const deadline = Date.now() + forMs;
    while (Date.now() < deadline) {
      expect(await this.suggestion()).toBeUndefined();
      await this.page.waitForTimeout(100);
    }
  }

  /** Runs a command by its whole title, out of the palette. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press("F1");
    const input = this.page.locator(".quick-input-widget input").first();
    await expect(input).toBeVisible();
    await input.fill(`>${title}`);
    await this.choose(title);
  }

  /** Gives the open file another language, by the name that the editor has for it. */
  async changeLanguage(name: string): Promise<void> {
    await this.command("Change Language Mode");
    await this.page.locator(".quick-input-widget input").first().fill(name);
    await this.choose(name);
  }

  /** Takes a row of the list that is open. */
  async choose(row: string | RegExp): Promise<void> {
    const rows = this.page.locator(".quick-input-list .monaco-list-row");
    await rows.filter({ hasText: row }).first().click();
  }

  /** Goes to a folder in the editor's own dialog, and takes it once its `folders` are listed. */
  async takeFolder(folder: string, { folders }: { folders: readonly string[] }): Promise<void> {
    const dialog = this.page.locator(".quick-input-widget");
    const take = dialog.getByRole("button", { name: "Import" });
    await expect(take).toBeVisible();
    // What is typed before the first folder is listed is overwritten.
    await expect(this.rows.first()).toHaveText(/^\.\./);
    await dialog.locator("input").first().fill(`${folder}/`);
    // Lines that were used before keep words that are not shown.
    const names = ["\\.\\.", ...folders].map((name) => new RegExp(`^${name}`));
    await expect(this.rows).toHaveText(names);
    await take.click();
    await expect(take).toBeHidden();
  }

  /** Switches the accelerator, and waits until it answers. */
  async switchTo(row: RegExp, { accelerator }: { accelerator: string }): Promise<void> {
    await this.command("Phi: Switch Accelerator");
    await this.choose(row);
    await this.untilReady({ accelerator });
  }

  /** The rows of the list that is open. */
  get rows(): Locator {
    return this.page.locator(".quick-input-list .monaco-list-row");
  }

  /** Saves the file and waits until it holds this text. */
  async save(file: string, text: string): Promise<void> {
    await this.page.keyboard.press("Control+s");
    await expect
      .poll(() => readFile(path.join(this.workspace, file), "utf8"), { message: file })
      .toContain(text);
  }

  /** The terminals that are open. */
  get terminals(): Locator {
    return this.page.locator(".terminal-wrapper, .xterm");
  }
}

/** Reads in one go what is suggested: between two questions it may change. Runs in the page. */
function readSuggestion(): Suggestion {
  const textsOf = (selector: string) =>
    [...document.querySelectorAll(`:is(.editor-instance, .notebookOverlay) ${selector}`)].map(
      (element) => element.textContent?.replaceAll("\u00a0", " ") ?? "",
    );
  const line = textsOf(".view-line:has(.ghost-text-decoration)");
  const further = textsOf(".suggest-preview-text .view-line");
  const parts = textsOf(".view-lines .ghost-text-decoration");
  return {
    ghost: [parts.join(""), ...further].join("\n"),
    ahead: parts[0] ?? "",
    text: [...line, ...further].join("\n"),
    lines: line.length + further.length,
  };
}

/** Notes after each frame what stands there, where it has changed. Runs in the page. */
function watchSuggestion(source: string): { end(): Frame[] } {
  const read = new Function(`return (${source})()`) as () => Suggestion;
  const frames: Frame[] = [];
  let ended = false;
  // The message comes when the frame has been painted.
  const { port1, port2 } = new MessageChannel();
  const note = () => {
    const { ghost, text } = read();
    const last = frames.at(-1);
    if (last?.ghost !== ghost || last.text !== text) {
      frames.push({ atMs: Date.now(), ghost, text });
    }
  };
  port1.onmessage = note;
  const next = () => {
    if (!ended) {
      port2.postMessage(undefined);
      requestAnimationFrame(next);
    }
  };
  // What is there now comes first, whatever key follows.
  note();
  next();
  return {
    end: () => {
      ended = true;
      return frames;
    },
  };
}
