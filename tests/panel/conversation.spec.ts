import { expect, test } from "./panel";
import {
  answer,
  composer,
  conversation,
  cut,
  facts,
  newTurn,
  piece,
  streaming,
  surroundings,
  turn,
  whole,
} from "./samples";

const beginning = [conversation([turn("t1", { answers: [streaming("")] })]), surroundings()];

test("before the first token the panel says what takes time", async ({ panel }) => {
  await panel.tell(...beginning);
  await expect(panel.page.getByText("Reading the question…")).toBeVisible();
  await panel.tell(piece(0, "It"));
  await expect(panel.page.getByText("Reading the question…")).toHaveCount(0);
  await expect(panel.page.getByText("Answering…")).toBeVisible();
});

test("text streams in, whatever comes twice or late", async ({ panel }) => {
  await panel.tell(
    ...beginning,
    piece(0, "It "),
    piece(0, "It "),
    piece(3, "adds"),
    piece(3, "adds up"),
  );
  await expect(panel.page.locator("phi-answer")).toHaveText("It adds up");
});

test("text that is missing is asked for, and then drawn", async ({ panel }) => {
  await panel.tell(...beginning, piece(0, "It "), piece(9, "prices"), piece(15, "."));
  await expect(panel.page.locator("phi-answer")).toHaveText("It");
  expect(await panel.sent("ready")).toHaveLength(2);
  await panel.tell(
    conversation([turn("t1", { answers: [streaming("It adds prices")] })]),
    composer(""),
    piece(14, "."),
  );
  await expect(panel.page.locator("phi-answer")).toHaveText("It adds prices.");
});

test("the draft is told before the whole is asked for, so that it does not come back old", async ({
  panel,
}) => {
  await panel.tell(...beginning);
  await panel.composer.pressSequentially("next");
  await panel.tell(piece(9, "prices"));
  const kinds = await panel.page.evaluate(() =>
    window.phiSent.map((message) => (message as { kind: string }).kind),
  );
  expect(kinds.slice(-2)).toEqual(["draft", "ready"]);
});

test("what is drawn of an answer stays the same through news of it", async ({ panel }) => {
  await panel.tell(...beginning, piece(0, "It adds."));
  const drawn = await panel.page.locator("phi-answer .markdown > *").first().elementHandle();
  await panel.tell(
    surroundings({ editor: { selection: "a.py:1-2", file: "a.py" } }),
    newTurn(turn("t1", { answers: [answer({ text: "It adds." })] })),
    conversation([turn("t1", { answers: [answer({ text: "It adds." })] })]),
  );
  expect(await drawn?.evaluate((element) => element.isConnected)).toBe(true);
  await expect(panel.page.locator("phi-answer")).toHaveText("It adds.");
});

test("a stopped answer of which more had come keeps what is drawn, selected and in sight", async ({
  panel,
}) => {
  const begun = `${"One more line of a long answer.\n\n".repeat(40)}- the last`;
  const stopped = { state: { kind: "stopped" } as const, facts: null };
  await panel.tell(...beginning, piece(0, begun));
  await expect(panel.page.locator("phi-answer")).toContainText("the last");
  const { page } = panel;
  await panel.conversation.hover();
  await page.mouse.wheel(0, -300);
  await expect(panel.button("Jump to the newest")).toBeVisible();
  const read = await panel.conversation.evaluate(({ scrollTop }) => scrollTop);
  expect(read).toBeGreaterThan(100);
  await page.evaluate(() => {
    const first = document.querySelector("phi-answer p")?.firstChild;
    if (first) {
      document.getSelection()?.setBaseAndExtent(first, 4, first, 8);
    }
    const answer = document.querySelector("phi-answer");
    const gone: Node[] = [];
    Object.assign(window, { gone });
    new MutationObserver((changes) => {
      gone.push(...changes.flatMap(({ removedNodes }) => [...removedNodes]));
    }).observe(answer ?? document, { childList: true, subtree: true });
  });
  await panel.tell(newTurn(turn("t1", { answers: [answer({ text: begun, ...stopped })] })));
  await panel.tell(
    newTurn(turn("t1", { answers: [answer({ text: `${begun} **words**`, ...stopped, facts })] })),
  );
  await expect(page.locator("phi-answer li")).toHaveText("the last words");
  await expect(page.locator("phi-answer strong")).toHaveText("words");
  const removed = () =>
    page.evaluate(() =>
      (window as unknown as { gone: Node[] }).gone
        .filter((node) => node instanceof Element)
        .map(({ textContent }) => textContent),
    );
  expect(await removed()).toEqual([]);
  expect(await page.evaluate(() => String(document.getSelection()))).toBe("more");
  expect(await panel.conversation.evaluate(({ scrollTop }) => scrollTop)).toBe(read);
});

test("an answer that turns out different stays until the other is drawn", async ({ panel }) => {
  await panel.tell(...beginning, piece(0, "It adds. "));
  await panel.page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    const look = () => {
      seen.push(document.querySelector("phi-answer")?.textContent.trim() ?? "");
    };
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
  });
  await panel.tell(newTurn(turn("t1", { answers: [answer({ text: "It sums." })] })));
  await expect(panel.page.locator("phi-answer")).toHaveText("It sums.");
  const seen = await panel.page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  expect([...new Set(seen)]).toEqual(["It adds.", "It sums."]);
});

test("an answer that turns out different is drawn anew", async ({ panel }) => {
  await panel.tell(...beginning, piece(0, "It adds. "));
  await panel.tell(newTurn(turn("t1", { answers: [answer({ text: "It sums." })] })));
  await expect(panel.page.locator("phi-answer")).toHaveText("It sums.");
});

test("each answer says how it came about", async ({ panel }) => {
  const starter = { ...facts, model: { ...facts.model, starter: true } };
  await panel.tell(conversation([turn("t1", { answers: [answer({ facts: starter })] })]));
  await expect(panel.page.locator(".facts")).toHaveText(
    /Phi-3 mini \(starter\)\s*Intel NPU \(OpenVINO\)\s*first token 0.4 s\s*38 tokens\/s\s*prompt 1,234 of 8,192 tokens/,
  );
});

test("messages that did not fit are told", async ({ panel }) => {
  const dropped = answer({ facts: { ...facts, droppedMessages: 4 } });
  await panel.tell(conversation([turn("t1", { answers: [dropped] })]));
  await expect(
    panel.page.getByText("The oldest 4 messages did not fit and were left out"),
  ).toBeVisible();
});

test("a question shows its command, and its code with what was cut", async ({ panel }) => {
  const question = { text: "quickly", command: "fix" as const, attachments: [whole, cut] };
  await panel.tell(conversation([turn("t1", question)]));
  await expect(panel.page.locator(".question-text")).toHaveText("/fix quickly");
  await expect(panel.page.getByText("5,210 tokens, cut to 2,048 (lines 1-212)")).toBeVisible();
  await panel.button("inventory/warehouse.py").click();
  expect(await panel.sent("openAttachment")).toEqual([{ kind: "openAttachment", id: "a2" }]);
});

test("a question is shown as it was typed, and is never markup", async ({ panel }) => {
  await panel.tell(conversation([turn("t1", { text: "<b>a</b>\n  indented" })]));
  const text = panel.page.locator(".question-text");
  expect(await text.evaluate((element) => element.textContent)).toBe("<b>a</b>\n  indented");
  await expect(text).toHaveCSS("white-space", "pre-wrap");
});

test("a stopped answer keeps what came, and says so", async ({ panel }) => {
  const stopped = answer({ text: "It ad", state: { kind: "stopped" }, facts: null });
  await panel.tell(conversation([turn("t1", { answers: [stopped] })]));
  await expect(panel.page.locator("phi-answer")).toHaveText("It ad");
  await expect(panel.page.getByText("You stopped this answer.")).toBeVisible();
});

test("an answer that is too long leads to the setting", async ({ panel }) => {
  await panel.tell(
    conversation([turn("t1", { answers: [answer({ state: { kind: "tooLong" } })] })]),
  );
  await panel.button("Change the setting").click();
  expect(await panel.sent("run")).toEqual([{ kind: "run", command: "phiSidecar.openSettings" }]);
});

test("a failed answer says why and what helps, and can be tried again", async ({ panel }) => {
  const failed = answer({
    text: "It ad",
    state: { kind: "failed", reason: "The worker ended.", remedy: "Ask once more." },
    facts: null,
  });
  await panel.tell(conversation([turn("t1", { answers: [failed] })]), surroundings());
  await expect(panel.page.locator("phi-answer")).toHaveText("It ad");
  await expect(panel.page.getByText("The worker ended.", { exact: true })).toBeVisible();
  await expect(panel.page.getByText("Ask once more.")).toBeVisible();
  await panel.button("Try again").click();
  expect(await panel.sent("regenerate")).toEqual([{ kind: "regenerate", turn: "t1" }]);
  await expect(panel.composer).toBeFocused();
});

test("only the last answer can be regenerated, and none while one comes", async ({ panel }) => {
  await panel.tell(conversation([turn("t1"), turn("t2")]), surroundings());
  await expect(panel.button(/^Regenerate/)).toHaveCount(1);
  await panel.button(/^Regenerate/).click();
  expect(await panel.sent("regenerate")).toEqual([{ kind: "regenerate", turn: "t2" }]);
  await panel.tell(newTurn(turn("t2", { answers: [answer(), streaming("")] })));
  await expect(panel.button(/^Regenerate/)).toHaveCount(0);
});

test("one goes between the answers to a question, and the keyboard stays on the button", async ({
  panel,
}) => {
  const answers = [answer({ text: "One." }), answer({ text: "Two." })];
  await panel.tell(conversation([turn("t1", { answers })]));
  await expect(panel.page.locator("phi-answer")).toHaveText("Two.");
  const before = panel.button("Show the answer before");
  await before.focus();
  await before.press("Enter");
  expect(await panel.sent("showAnswer")).toEqual([{ kind: "showAnswer", turn: "t1", answer: 0 }]);
  await panel.tell(newTurn(turn("t1", { answers, shown: 0 })));
  await expect(panel.page.locator("phi-answer")).toHaveText("One.");
  await expect(before).toBeFocused();
  await before.press("Enter");
  expect(await panel.sent("showAnswer")).toHaveLength(1);
});

test("an answer that comes while another is shown is whole when one goes there", async ({
  panel,
}) => {
  const answers = [answer({ text: "One." }), streaming("")];
  await panel.tell(conversation([turn("t1", { answers, shown: 0 })]));
  await panel.tell(piece(0, "Two.", 1));
  await expect(panel.page.locator("phi-answer")).toHaveText("One.");
  await panel.tell(newTurn(turn("t1", { answers: [answers[0] ?? answer(), streaming("Two.")] })));
  await expect(panel.page.locator("phi-answer")).toHaveText("Two.");
});

test("a whole answer can be copied, as it was written", async ({ panel }) => {
  await panel.tell(conversation([turn("t1", { answers: [answer({ text: "**It** adds." })] })]));
  await panel.button("Copy the whole answer").click();
  expect(await panel.sent("copy")).toEqual([{ kind: "copy", text: "**It** adds." }]);
  await expect(panel.button("Copied")).toBeVisible();
  await expect(panel.button("Copy the whole answer")).toBeVisible();
});

test("a screen reader hears the beginning and the end, not each token", async ({ panel }) => {
  const heard = panel.page.locator("main > [role=status]");
  await panel.tell(conversation(), surroundings());
  await panel.tell(newTurn(turn("t1", { answers: [streaming("")] })));
  await expect(heard).toHaveText("Phi is answering.");
  await panel.tell(piece(0, "It adds."));
  await expect(heard).toHaveText("Phi is answering.");
  await panel.tell(newTurn(turn("t1", { answers: [answer({ text: "It adds." })] })));
  await expect(heard).toHaveText("Answer complete. It adds.");
  await expect(panel.conversation.locator("[aria-live], [role=log], [role=status]")).toHaveCount(0);
});

test("an answer that failed without a word can come after all, in its place", async ({ panel }) => {
  const failed = answer({
    text: "",
    state: { kind: "failed", reason: "The worker ended.", remedy: null },
    facts: null,
  });
  await panel.tell(conversation([turn("t1", { answers: [failed] })]), surroundings());
  await panel.tell(newTurn(turn("t1", { answers: [streaming("")] })), piece(0, "It adds."));
  await expect(panel.page.locator("phi-answer")).toHaveText("It adds.");
});

test("messages of others in the same browser are passed over", async ({ panel }) => {
  await panel.tell(...beginning);
  await panel.page.evaluate(() => {
    window.postMessage({ source: "react-devtools-bridge" });
    window.postMessage({ kind: "toString" });
    window.postMessage(null);
  });
  await panel.tell(piece(0, "It adds."));
  await expect(panel.page.locator("phi-answer")).toHaveText("It adds.");
  expect(await panel.sent("failed")).toEqual([]);
});

test("a notice is shown, and goes when it is dismissed or the next question is asked", async ({
  panel,
}) => {
  await panel.tell(conversation(), surroundings());
  await panel.tell({ kind: "notice", text: "The file is too large." });
  await panel.button("Dismiss").click();
  await expect(panel.page.getByText("The file is too large.")).toHaveCount(0);
  await expect(panel.composer).toBeFocused();
  await panel.tell({ kind: "notice", text: "The file is too large." });
  await panel.composer.fill("why?");
  await panel.composer.press("Enter");
  await expect(panel.page.getByText("The file is too large.")).toHaveCount(0);
});
