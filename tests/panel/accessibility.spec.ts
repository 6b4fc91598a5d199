import type { ToPanel } from "../../extension/src/chat/panel/panelMessages";
import { expect, test, themeNames } from "./panel";
import {
  answer,
  composer,
  conversation,
  cut,
  facts,
  markdown,
  preparing,
  streaming,
  surroundings,
  turn,
  unavailable,
  whole,
} from "./samples";

const recent = [{ id: "r1", title: "Sort by two keys", updatedMs: 1_750_000_000_000 }];
const failed = answer({
  text: "With floats",
  state: { kind: "failed", reason: "The worker ended.", remedy: "Ask once more." },
  facts: null,
});

const states: Record<string, readonly ToPanel[]> = {
  "the welcome": [conversation(), surroundings({ recent })],
  "a conversation with everything in it": [
    conversation([
      turn("t1", {
        attachments: [whole, cut],
        answers: [answer({ text: markdown }), answer({ text: markdown })],
      }),
      turn("t2", {
        command: "tests",
        answers: [answer({ state: { kind: "tooLong" }, facts: { ...facts, droppedMessages: 4 } })],
      }),
      turn("t3", { answers: [failed] }),
    ]),
    surroundings(),
    composer("and then", [whole, cut]),
    { kind: "notice", text: "The file is too large." },
  ],
  "an answer that comes": [
    conversation([turn("t1", { answers: [streaming(markdown)] })]),
    surroundings(),
  ],
  "a question that is read": [
    conversation([turn("t1", { answers: [streaming("")] })]),
    surroundings(),
  ],
  "a model that is prepared": [conversation(), surroundings({ model: preparing })],
  "no model": [conversation([turn("t1")]), surroundings({ model: unavailable })],
  "the list of commands": [conversation([turn("t1")]), surroundings(), composer("/")],
};

for (const theme of themeNames) {
  test.describe(`in ${theme}`, () => {
    test.use({ theme });
    for (const [name, messages] of Object.entries(states)) {
      test(`axe finds nothing wrong with ${name}`, async ({ panel }) => {
        await panel.tell(...messages);
        expect(await panel.violations()).toEqual([]);
      });
    }
  });
}

/** What the keyboard comes to, in order, by its names. */
async function tabStops(panel: { page: import("@playwright/test").Page }, most = 30) {
  const stops: string[] = [];
  for (let count = 0; count < most; count += 1) {
    await panel.page.keyboard.press("Tab");
    const name = await panel.page.evaluate(() => {
      const active = document.activeElement;
      return active === null || active === document.body
        ? null
        : (active.getAttribute("aria-label") ?? active.textContent?.trim() ?? "");
    });
    if (name === null) {
      break;
    }
    stops.push(name.replaceAll(/\s+/g, " "));
  }
  return stops;
}

test("the keyboard comes to everything, from the top to sending", async ({ panel }) => {
  await panel.tell(
    conversation([turn("t1", { text: "why?", attachments: [whole], answers: [failed] })]),
    surroundings(),
    composer("and then", [cut]),
  );
  await panel.page.evaluate(() => {
    // Where the keyboard was last is where Tab goes on from.
    const top = document.createElement("span");
    top.tabIndex = -1;
    document.body.prepend(top);
    top.focus();
    top.remove();
  });
  expect(await tabStops(panel)).toEqual([
    "Conversation",
    "stock.py:3-10",
    "Try again",
    "Copy the whole answer",
    "inventory/warehouse.py",
    "Remove inventory/warehouse.py",
    "Question",
    "Selection: Select code in an editor first",
    "File: Attach stock.py",
    "Phi-3 mini · Intel NPU (OpenVINO): switch accelerator",
    "Send (Enter)",
  ]);
});

test("the focus can be seen on every stop", async ({ panel }) => {
  await panel.tell(
    conversation(),
    surroundings({ recent, model: unavailable }),
    composer("and then", [cut]),
  );
  for (let count = 0; count < 17; count += 1) {
    const before = await panel.page.screenshot();
    await panel.page.keyboard.press("Tab");
    expect(before.equals(await panel.page.screenshot()), `stop ${count + 1}`).toBe(false);
  }
});

// 160 is a side bar of 320 at a zoom of 200%.
for (const width of [160, 200, 320, 800]) {
  test(`nothing is cut off at a width of ${width} pixels`, async ({ panel }) => {
    await panel.page.setViewportSize({ width, height: 680 });
    for (const messages of Object.values(states)) {
      await panel.tell(...messages);
      const wider = await panel.page.evaluate(() =>
        [...document.querySelectorAll("main, main *:not(.unseen, pre *, textarea)")]
          .filter((element) => {
            const { left, right, width: own } = element.getBoundingClientRect();
            return own > 0 && (left < -1 || right > window.innerWidth + 1);
          })
          .filter((element) => element.closest("pre, .unseen") === null)
          .map((element) => `${element.tagName}.${element.className}`),
      );
      expect(wider).toEqual([]);
    }
  });
}

test("nothing moves for people who want less motion", async ({ panel }) => {
  await panel.tell(
    conversation([turn("t1", { answers: [streaming("")] })]),
    surroundings({ model: { kind: "preparing", step: "Loading", percentage: null } }),
  );
  const moving = await panel.page.evaluate(
    () => document.getAnimations().filter(({ playState }) => playState === "running").length,
  );
  expect(moving).toBe(0);
  await panel.page.emulateMedia({ reducedMotion: "no-preference" });
  await expect
    .poll(() => panel.page.evaluate(() => document.getAnimations().length))
    .toBeGreaterThan(0);
});
