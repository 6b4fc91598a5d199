import type { Locator } from "@playwright/test";

import { expect, test } from "./panel";
import {
  answer,
  composer,
  conversation,
  cut,
  newTurn,
  piece,
  streaming,
  surroundings,
  turn,
  whole,
} from "./samples";

const long = "One more line of a long answer.\n\n".repeat(60);

const fromEnd = (scroller: Locator) =>
  scroller.evaluate(({ scrollHeight, scrollTop, clientHeight }) =>
    Math.round(scrollHeight - scrollTop - clientHeight),
  );
const top = (scroller: Locator) => scroller.evaluate(({ scrollTop }) => scrollTop);

const begun = [
  conversation([turn("t0", { answers: [answer({ text: long })] })]),
  surroundings(),
  newTurn(turn("t1", { answers: [streaming("")] })),
];

test("a conversation is shown from its end", async ({ panel }) => {
  await panel.tell(conversation([turn("t0", { answers: [answer({ text: long })] })]));
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
  expect(await top(panel.conversation)).toBeGreaterThan(500);
});

test("the newest text stays in sight while it comes", async ({ panel }) => {
  await panel.tell(...begun);
  for (let at = 0; at < long.length; at += 200) {
    await panel.tell(piece(at, long.slice(at, at + 200)));
    expect(await fromEnd(panel.conversation)).toBeLessThan(2);
  }
  await expect(panel.button("Jump to the newest")).toHaveCount(0);
});

test("who scrolled up is left alone, whatever comes", async ({ panel }) => {
  await panel.tell(...begun, piece(0, long));
  await panel.conversation.hover();
  await panel.page.mouse.wheel(0, -600);
  await expect(panel.button("Jump to the newest")).toBeVisible();
  const before = await top(panel.conversation);
  await panel.tell(
    piece(long.length, long),
    newTurn(turn("t1", { answers: [answer({ text: long + long })] })),
    surroundings({ editor: { selection: "a.py:1-2", file: "a.py" } }),
  );
  expect(await top(panel.conversation)).toBe(before);
});

test("a button leads back to the newest, and there following goes on", async ({ panel }) => {
  await panel.tell(...begun, piece(0, long));
  await panel.conversation.hover();
  await panel.page.mouse.wheel(0, -600);
  await panel.button("Jump to the newest").click();
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
  await expect(panel.button("Jump to the newest")).toHaveCount(0);
  await expect(panel.conversation).toBeFocused();
  await panel.tell(piece(long.length, long));
  expect(await fromEnd(panel.conversation)).toBeLessThan(2);
});

test("who scrolls back to the end follows again", async ({ panel }) => {
  await panel.tell(...begun, piece(0, long));
  await panel.conversation.hover();
  await panel.page.mouse.wheel(0, -600);
  await expect(panel.button("Jump to the newest")).toBeVisible();
  await panel.page.mouse.wheel(0, 5000);
  await expect(panel.button("Jump to the newest")).toHaveCount(0);
  await panel.tell(piece(long.length, long));
  expect(await fromEnd(panel.conversation)).toBeLessThan(2);
});

test("a question that is asked is shown, however far up one was", async ({ panel }) => {
  await panel.tell(
    conversation([turn("t0", { answers: [answer({ text: long })] })]),
    surroundings(),
  );
  await panel.conversation.hover();
  await panel.page.mouse.wheel(0, -900);
  await expect(panel.button("Jump to the newest")).toBeVisible();
  await panel.composer.fill("why?");
  await panel.composer.press("Enter");
  await panel.tell(newTurn(turn("t1", { text: "why?", answers: [streaming("")] })));
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
});

test("a question that is asked from the editor is shown, however far up one was", async ({
  panel,
}) => {
  await panel.tell(
    conversation([turn("t0", { answers: [answer({ text: long })] })]),
    surroundings(),
  );
  await panel.conversation.hover();
  await panel.page.mouse.wheel(0, -900);
  await expect(panel.button("Jump to the newest")).toBeVisible();
  await panel.tell(newTurn(turn("t1", { text: "", answers: [streaming("")] })));
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
});

test("the end stays in sight as the composer grows and the panel changes its size", async ({
  panel,
}) => {
  await panel.tell(...begun, piece(0, long));
  await panel.composer.fill("a\nb\nc\nd\ne\nf");
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
  await panel.page.setViewportSize({ width: 240, height: 400 });
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
  await panel.page.setViewportSize({ width: 700, height: 500 });
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
});

test("the keyboard scrolls the conversation", async ({ panel }) => {
  await panel.tell(...begun, piece(0, long));
  await panel.conversation.focus();
  const before = await top(panel.conversation);
  await panel.page.keyboard.press("PageUp");
  await expect.poll(() => top(panel.conversation)).toBeLessThan(before - 100);
  await expect(panel.button("Jump to the newest")).toBeVisible();
});

test("a question that takes its attachments out of the composer stays in sight", async ({
  panel,
}) => {
  const code = `\`\`\`python\n${"x = 1\n".repeat(250)}\`\`\`\n`;
  const before = [turn("t0", { answers: [answer({ text: `${long}${code}` })] })];
  await panel.tell(conversation(before), surroundings(), composer(null, [whole, cut]));
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
  // The composer gets lower first, so the browser itself scrolls up; then there is more text.
  await panel.tell(composer(null, []));
  await panel.page.evaluate(() => {
    const scroller = document.querySelector(".scroller");
    const content = document.querySelector(".transcript-content");
    const taller = document.createElement("div");
    taller.style.height = "300px";
    if (scroller !== null) {
      scroller.scrollTop -= 40;
    }
    content?.append(taller);
  });
  await panel.tell(newTurn(turn("t1", { answers: [streaming("")] })), piece(0, long));
  await expect.poll(() => fromEnd(panel.conversation)).toBeLessThan(2);
  await expect(panel.button("Jump to the newest")).toHaveCount(0);
});
