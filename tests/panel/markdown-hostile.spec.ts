import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { findHarm, watchForHarm } from "./hostile/harm";
import { huge } from "./hostile/huge";
import { expect, test, type View } from "./markdownView";
import { cutAtRandom, seeded } from "./randomMarkdown";

const folder = path.join(import.meta.dirname, "hostile");
const corpus = readdirSync(folder)
  .filter((file) => file.endsWith(".md"))
  .sort();

// What even the worst text may take to be drawn, and how long the page may be deaf meanwhile.
const DRAWN_WITHIN_MS = 15_000;
const DEAF_AT_MOST_MS = 1_500;

test("the corpus is there", () => {
  expect(corpus.length).toBeGreaterThan(25);
});

test("harm would be found", async ({ view, panel }) => {
  await view.page.evaluate(watchForHarm);
  await view.draw(["text"]);
  await view.page.evaluate(() => {
    const image = document.createElement("img");
    image.setAttribute("style", "color: red");
    document.querySelector(".phi-markdown")?.append(image, "\u202e");
    (window as unknown as { phiRan(what: string): void }).phiRan("x");
  });

  expect(await view.page.evaluate(findHarm)).toEqual([
    "phiRan(x) was called",
    "the policy had to stop inline by style-src-attr",
    "a hidden character is in the page",
    "there is a <img>",
    '<img> has style="color: red"',
  ]);
  panel.complaints.length = 0;
});

for (const file of corpus) {
  test(`${path.basename(file, ".md")} does nothing`, async ({ view }) => {
    const text = readFileSync(path.join(folder, file), "utf8");
    const left = watchRequests(view);
    await view.page.evaluate(watchForHarm);

    for (const pieces of [[text], cutAtRandom(text, seeded(1)), [...text]]) {
      await view.draw(pieces, { slowly: true });
      await clickEverything(view);

      expect(await view.page.evaluate(findHarm)).toEqual([]);
      expect(left).toEqual([]);
    }
  });
}

for (const [name, write] of Object.entries(huge)) {
  test(`${name} does nothing and takes bounded time`, async ({ view }) => {
    const text = write();
    const left = watchRequests(view);
    await view.page.evaluate(watchForHarm);
    await view.draw(["warm"]);

    for (const pieces of [[text], text.match(/[\s\S]{1,4000}/g) ?? []]) {
      await watchTasks(view);
      const began = performance.now();
      await view.draw(pieces, { slowly: pieces.length > 1 });
      const tookMs = performance.now() - began;

      const longestMs = await longestTask(view);
      expect(tookMs).toBeLessThan(DRAWN_WITHIN_MS);
      expect(longestMs).toBeLessThan(DEAF_AT_MOST_MS);
      expect(await view.page.evaluate(findHarm)).toEqual([]);
      expect(left).toEqual([]);
    }
  });
}

/** Gathers requests that leave the page's own site, and pages that are opened or left. */
function watchRequests({ page }: View): string[] {
  const left: string[] = [];
  const { origin } = new URL(page.url());
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/view/`)) {
      left.push(request.url());
    }
  });
  page.on("framenavigated", (frame) => left.push(`to ${frame.url()}`));
  page.on("dialog", (dialog) => left.push(`dialog ${dialog.message()}`));
  page.context().on("page", (opened) => left.push(`opened ${opened.url()}`));
  return left;
}

/** Clicks, presses and drags as a person might who is lured to. */
async function clickEverything({ page }: View): Promise<void> {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll<HTMLElement>(".phi-markdown *")) {
      element.focus();
      for (const button of [0, 1, 2]) {
        const init = { bubbles: true, cancelable: true, composed: true, button, view: window };
        element.dispatchEvent(new MouseEvent("mousedown", init));
        element.dispatchEvent(new MouseEvent(button === 0 ? "click" : "auxclick", init));
      }
      element.click();
      element.dispatchEvent(new DragEvent("dragstart", { bubbles: true, cancelable: true }));
    }
  });
}

async function watchTasks({ page }: View): Promise<void> {
  await page.evaluate(() => {
    const tasks: number[] = [];
    Object.assign(window, { phiTasks: tasks });
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map(({ duration }) => duration));
    }).observe({ type: "longtask" });
  });
}

async function longestTask({ page }: View): Promise<number> {
  return page.evaluate(async () => {
    // Tasks are told of a little later.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return Math.max(0, ...(window as unknown as { phiTasks: number[] }).phiTasks);
  });
}
