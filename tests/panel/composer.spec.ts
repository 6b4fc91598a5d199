import { expect, test } from "./panel";
import {
  answer,
  composer,
  conversation,
  cut,
  newTurn,
  preparing,
  ready,
  streaming,
  surroundings,
  turn,
  unavailable,
  whole,
} from "./samples";

test.beforeEach(async ({ panel }) => {
  await panel.tell(conversation(), surroundings());
});

test("Enter asks, and the composer is empty with the keyboard in it", async ({ panel }) => {
  await panel.composer.pressSequentially("why?");
  await panel.composer.press("Enter");
  expect(await panel.sent("ask")).toEqual([{ kind: "ask", text: "why?" }]);
  await expect(panel.composer).toHaveValue("");
  await expect(panel.composer).toBeFocused();
});

test("Shift+Enter begins a new line, and the composer grows with it", async ({ panel }) => {
  const { height } = (await panel.composer.boundingBox()) ?? { height: 0 };
  await panel.composer.pressSequentially("one");
  await panel.composer.press("Shift+Enter");
  await panel.composer.pressSequentially("two");
  await expect(panel.composer).toHaveValue("one\ntwo");
  expect(await panel.sent("ask")).toEqual([]);
  expect((await panel.composer.boundingBox())?.height).toBeGreaterThan(height + 10);
});

for (const width of [200, 280]) {
  test(`the first letter moves nothing in a panel ${width} pixels wide`, async ({ panel }) => {
    await panel.page.setViewportSize({ width, height: 640 });
    const before = await panel.composer.boundingBox();
    await panel.composer.pressSequentially("w");
    expect(await panel.composer.boundingBox()).toEqual(before);
  });
}

test("however much is pasted, most of the panel stays the conversation's", async ({ panel }) => {
  await panel.composer.fill("line\n".repeat(200));
  expect((await panel.composer.boundingBox())?.height).toBeLessThan(0.41 * 680);
});

test("Enter that ends an input method's composition asks nothing", async ({ panel }) => {
  await panel.composer.focus();
  const session = await panel.page.context().newCDPSession(panel.page);
  await session.send("Input.imeSetComposition", {
    text: "か",
    selectionStart: 1,
    selectionEnd: 1,
  });
  await panel.composer.dispatchEvent("keydown", { key: "Enter", isComposing: true });
  expect(await panel.sent("ask")).toEqual([]);
  await session.send("Input.insertText", { text: "か" });
  await panel.composer.press("Enter");
  expect(await panel.sent("ask")).toEqual([{ kind: "ask", text: "か" }]);
});

test("blanks are not asked", async ({ panel }) => {
  await panel.composer.fill("  \n");
  await panel.composer.press("Enter");
  await expect(panel.button(/^Send/)).toHaveAttribute("aria-disabled", "true");
  expect(await panel.sent("ask")).toEqual([]);
});

test("what is too long for a question stays typed, is kept, and says what to do", async ({
  panel,
}) => {
  const log = "a line of a log ".repeat(12_501);
  await panel.composer.fill(log);
  await panel.composer.press("Enter");
  await expect(panel.page.getByText("This is too long for a question.")).toBeVisible();
  await expect(panel.composer).toHaveValue(log);
  expect(await panel.sent("ask")).toEqual([]);
  await expect.poll(async () => (await panel.sent("draft")).at(-1)?.text).toBe(log);
});

test("ArrowUp in an empty composer goes back through the questions, ArrowDown forth", async ({
  panel,
}) => {
  await panel.tell(
    conversation([turn("t1", { text: "first" }), turn("t2", { text: "it", command: "fix" })]),
  );
  await panel.composer.press("ArrowUp");
  await expect(panel.composer).toHaveValue("/fix it");
  await panel.composer.press("ArrowUp");
  await expect(panel.composer).toHaveValue("first");
  await panel.composer.press("ArrowDown");
  await panel.composer.press("ArrowDown");
  await expect(panel.composer).toHaveValue("");
});

test("ArrowUp in what is typed only moves the cursor", async ({ panel }) => {
  await panel.tell(conversation([turn("t1", { text: "first" })]));
  await panel.composer.fill("typed");
  await panel.composer.press("ArrowUp");
  await expect(panel.composer).toHaveValue("typed");
});

test("while an answer comes, one can type but not ask, and Send is Stop", async ({ panel }) => {
  await panel.tell(conversation([turn("t1", { answers: [streaming("It")] })]));
  await panel.composer.pressSequentially("and then?");
  await panel.composer.press("Enter");
  await expect(panel.composer).toHaveValue("and then?");
  expect(await panel.sent("ask")).toEqual([]);
  await expect(panel.page.getByText("You can send this when the answer")).toBeVisible();
  await expect(panel.button(/^Send/)).toHaveCount(0);
  await panel.button(/^Stop/).click();
  expect(await panel.sent("stop")).toHaveLength(1);
  await expect(panel.composer).toBeFocused();
});

test("why something could not be sent is not said any longer than it is so", async ({ panel }) => {
  await panel.tell(conversation([turn("t1", { answers: [streaming("It")] })]));
  await panel.composer.fill("and then?");
  await panel.composer.press("Enter");
  await panel.tell(newTurn(turn("t1")));
  await expect(panel.page.locator("#composer-hint")).toBeEmpty();
});

test("Escape stops the answer, and does nothing where there is none", async ({ panel }) => {
  await panel.composer.press("Escape");
  expect(await panel.sent("stop")).toEqual([]);
  await panel.tell(conversation([turn("t1", { answers: [streaming("It")] })]));
  await panel.composer.press("Escape");
  expect(await panel.sent("stop")).toHaveLength(1);
});

test("what is typed is told when the typing pauses, and when the keyboard leaves", async ({
  panel,
}) => {
  await panel.composer.pressSequentially("why");
  await expect.poll(() => panel.sent("draft")).toEqual([{ kind: "draft", text: "why" }]);
  await panel.composer.pressSequentially(" not");
  await panel.composer.blur();
  expect((await panel.sent("draft")).at(-1)?.text).toBe("why not");
});

test("a question that could not be asked comes back, before what was typed since", async ({
  panel,
}) => {
  await panel.composer.fill("why?");
  await panel.composer.press("Enter");
  await panel.composer.pressSequentially("and how");
  await panel.tell(composer("why?"));
  await expect(panel.composer).toHaveValue("why?\n\nand how");
});

test("news of the attachments leave what is typed alone, and the cursor", async ({ panel }) => {
  await panel.composer.fill("why not");
  await panel.composer.press("ArrowLeft");
  await panel.tell(composer(null, [whole]));
  await panel.composer.press("X");
  await expect(panel.composer).toHaveValue("why noXt");
});

test("a slash offers the commands, and the keys choose one", async ({ panel }) => {
  await panel.composer.pressSequentially("/");
  const options = panel.page.getByRole("option");
  await expect(options).toHaveText([/\/explain/, /\/fix/, /\/tests/, /\/doc/]);
  await panel.composer.press("ArrowDown");
  const second = options.nth(1);
  await expect(second).toHaveAttribute("aria-selected", "true");
  await expect(panel.composer).toHaveAttribute(
    "aria-activedescendant",
    (await second.getAttribute("id")) ?? "none",
  );
  await panel.composer.press("ArrowUp");
  await panel.composer.press("ArrowUp");
  await panel.composer.press("Enter");
  await expect(panel.composer).toHaveValue("/doc ");
  await expect(options).toHaveCount(0);
  expect(await panel.sent("ask")).toEqual([]);
});

test("Tab takes the command, Escape closes the list and stops nothing", async ({ panel }) => {
  await panel.tell(conversation([turn("t1", { answers: [streaming("It")] })]));
  await panel.composer.pressSequentially("/t");
  await panel.composer.press("Escape");
  await expect(panel.page.getByRole("listbox")).toHaveCount(0);
  expect(await panel.sent("stop")).toEqual([]);
  await panel.composer.pressSequentially("e");
  await panel.composer.press("Tab");
  await expect(panel.composer).toHaveValue("/tests ");
  await expect(panel.composer).toBeFocused();
});

test("a command that is typed in full is asked with the first Enter", async ({ panel }) => {
  await panel.composer.pressSequentially("/fix");
  await panel.composer.press("Enter");
  expect(await panel.sent("ask")).toEqual([{ kind: "ask", text: "/fix" }]);
});

test("a command can be chosen with the mouse", async ({ panel }) => {
  await panel.composer.pressSequentially("/");
  await panel.page.getByRole("option", { name: "/fix" }).click();
  await expect(panel.composer).toHaveValue("/fix ");
  await expect(panel.composer).toBeFocused();
});

test("what cannot be attached says why, and what can is named", async ({ panel }) => {
  const selection = panel.button(/^Selection/);
  await expect(selection).toHaveAttribute("aria-disabled", "true");
  await expect(selection).toHaveAttribute("title", "Select code in an editor first");
  await selection.click({ force: true });
  await panel.tell(surroundings({ editor: { selection: "stock.py:3-10", file: "stock.py" } }));
  await expect(selection).toHaveAttribute("title", "Attach stock.py:3-10");
  await selection.click();
  await panel.button(/^File/).click();
  expect(await panel.sent("attach")).toEqual([
    { kind: "attach", what: "selection" },
    { kind: "attach", what: "file" },
  ]);
  await expect(panel.composer).toBeFocused();
});

test("what is attached shows its size, can be looked at, and removed", async ({ panel }) => {
  await panel.tell(composer(null, [whole, cut]));
  const chips = panel.page.getByRole("list", { name: "Goes with the question" });
  await expect(chips.getByText("412 tokens")).toBeVisible();
  await expect(chips.getByText("5,210 tokens, cut to 2,048 (lines 1-212)")).toBeVisible();
  await chips.getByRole("button", { name: "stock.py:3-10", exact: true }).click();
  await chips.getByRole("button", { name: "Remove stock.py:3-10" }).click();
  expect(await panel.sent("openAttachment")).toEqual([{ kind: "openAttachment", id: "a1" }]);
  expect(await panel.sent("detach")).toEqual([{ kind: "detach", id: "a1" }]);
  await expect(panel.composer).toBeFocused();
});

test("a question waits for a model that is being prepared, and then goes off", async ({
  panel,
}) => {
  await panel.tell(surroundings({ model: preparing }));
  await panel.composer.fill("why?");
  await panel.composer.press("Enter");
  await expect(panel.page.getByText("sent as soon as the model is ready")).toBeVisible();
  await panel.tell(
    surroundings({ model: { kind: "preparing", step: "Loading", percentage: null } }),
  );
  expect(await panel.sent("ask")).toEqual([]);
  await panel.tell(surroundings({ model: ready }));
  expect(await panel.sent("ask")).toEqual([{ kind: "ask", text: "why?" }]);
  await expect(panel.composer).toHaveValue("");
});

test("a question that waits is taken back by Escape, or by typing on", async ({ panel }) => {
  const takeBack = {
    escape: () => panel.composer.press("Escape"),
    typing: () => panel.composer.pressSequentially("!"),
  };
  for (const take of Object.values(takeBack)) {
    await panel.tell(surroundings({ model: preparing }));
    await panel.composer.fill("why?");
    await panel.composer.press("Enter");
    await take();
    await panel.tell(surroundings({ model: ready }));
    expect(await panel.sent("ask")).toEqual([]);
    await expect(panel.composer).toHaveValue(/^why\?/);
  }
});

test("a question that waits stays where no model comes", async ({ panel }) => {
  await panel.tell(surroundings({ model: preparing }));
  await panel.composer.fill("why?");
  await panel.composer.press("Enter");
  await panel.tell(surroundings({ model: unavailable }));
  await expect(panel.composer).toHaveValue("why?");
  await expect(panel.page.getByText("No model can answer now.")).toBeVisible();
  expect(await panel.sent("ask")).toEqual([]);
});

test("the extension can put the keyboard into the composer", async ({ panel }) => {
  await panel.tell({ kind: "focus" });
  await expect(panel.composer).toBeFocused();
});

test("who comes to the panel can type at once, and is left where they were", async ({ panel }) => {
  const come = () => panel.page.evaluate(() => window.dispatchEvent(new Event("focus")));
  await panel.composer.blur();
  await come();
  await expect(panel.composer).toBeFocused();
  await panel.conversation.focus();
  await come();
  await panel.tell();
  await expect(panel.conversation).toBeFocused();
});

test("news while one types take nothing away", async ({ panel }) => {
  await panel.composer.pressSequentially("why");
  await panel.tell(
    surroundings({ editor: { selection: "a.py:1-2", file: "a.py" } }),
    newTurn(turn("t1", { answers: [streaming("")] })),
    newTurn(turn("t1", { answers: [answer()] })),
  );
  await panel.composer.pressSequentially(" not");
  await expect(panel.composer).toHaveValue("why not");
});
