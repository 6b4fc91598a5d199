import { expect, test } from "./panel";
import { conversation, newTurn, starter, surroundings, turn, unavailable } from "./samples";

const hourMs = 3_600_000;
const recent = [
  { id: "r1", title: "Sort by two keys", updatedMs: Date.now() - 2 * hourMs },
  { id: "r2", title: "/fix stock.py:3-10", updatedMs: Date.now() - 30 * hourMs },
  { id: "r3", title: "A regular expression", updatedMs: Date.now() - 900 * hourMs },
];
const selected = { selection: "stock.py:3-10", file: "stock.py" };

test("an empty chat says what it is for, and where it runs", async ({ panel }) => {
  await panel.tell(conversation(), surroundings());
  await expect(panel.page.getByRole("heading", { name: "Ask about your code" })).toBeVisible();
  await expect(panel.page.getByText("The model runs on this machine.")).toBeVisible();
});

test("while the starter answers, a line leads to the better model, with its size", async ({
  panel,
}) => {
  const note = panel.page.getByText("The small starter model answers.");
  const better = { kind: "offer", name: "Phi-3 mini", size: "2.2 GB" } as const;
  await panel.tell(conversation(), surroundings({ better }));
  await expect(note).toHaveCount(0);
  await panel.tell(surroundings({ model: starter, better }));
  await expect(note).toBeVisible();
  await panel.button("Get Phi-3 mini (2.2 GB)").click();
  expect(await panel.sent("run")).toEqual([{ kind: "run", command: "phiSidecar.chooseModel" }]);
});

test("a better model that is on its way, or that there is not, cannot be got", async ({
  panel,
}) => {
  const better = { kind: "underWay", name: "Phi-3 mini" } as const;
  const note = panel.page.locator(".starter-note");
  await panel.tell(conversation(), surroundings({ model: starter, better }));
  await expect(note).toHaveText("The small starter model answers. Phi-3 mini is being fetched.");
  await expect(note.getByRole("button")).toHaveCount(0);
  await panel.tell(surroundings({ model: starter }));
  await expect(note).toHaveText("The small starter model answers.");
  await expect(note.getByRole("button")).toHaveCount(0);
});

test("until the extension has told what there is, nothing is shown that would go again", async ({
  panel,
}) => {
  await expect(panel.page.locator(".welcome")).toHaveCount(0);
  await expect(panel.composer).toBeVisible();
});

test("the welcome goes with the first question", async ({ panel }) => {
  await panel.tell(conversation(), surroundings());
  await panel.tell(newTurn(turn("t1")));
  await expect(panel.page.locator(".welcome")).toHaveCount(0);
});

test("an example begins a question to type on", async ({ panel }) => {
  await panel.tell(conversation(), surroundings());
  await panel.button("Write a function that…").click();
  await expect(panel.composer).toBeFocused();
  await panel.page.keyboard.type("adds");
  await expect(panel.composer).toHaveValue("Write a function that adds");
  expect(await panel.sent("ask")).toEqual([]);
});

test("the open file is attached with the question about it", async ({ panel }) => {
  await panel.tell(conversation(), surroundings());
  await panel.button("Explain what stock.py does").click();
  expect(await panel.sent("attach")).toEqual([{ kind: "attach", what: "file" }]);
  await expect(panel.composer).toHaveValue("Explain what this file does, part by part.");
});

test("with a selection an example is one click", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ editor: selected }));
  await panel.button("Explain stock.py:3-10").click();
  expect(await panel.sent("ask")).toEqual([{ kind: "ask", text: "/explain" }]);
});

test("an example that cannot be asked now waits in the composer", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ editor: selected, model: unavailable }));
  await panel.button("Write tests for it").click();
  expect(await panel.sent("ask")).toEqual([]);
  await expect(panel.composer).toHaveValue("/tests ");
  await expect(panel.page.getByText("No model can answer now.")).toBeVisible();
});

test("an example leaves what is typed where it was", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ editor: selected }));
  await panel.composer.fill("half a thought");
  await panel.button("Explain stock.py:3-10").click();
  await expect(panel.composer).toHaveValue("half a thought");
  await panel.tell(surroundings());
  await panel.button("Write a function that…").click();
  await expect(panel.composer).toHaveValue("Write a function that half a thought");
});

test("the keyboard is in the composer of a conversation that was opened", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ recent }));
  await panel.button(/^Sort by two keys/).press("Enter");
  await panel.tell(conversation([turn("t1")], { id: "r1" }));
  await expect(panel.composer).toBeFocused();
});

test("the newest conversations can be opened, and all of them", async ({ panel }) => {
  await panel.tell(conversation(), surroundings({ recent }));
  await panel.button(/^Sort by two keys/).click();
  expect(await panel.sent("openConversation")).toEqual([{ kind: "openConversation", id: "r1" }]);
  await panel.button("All conversations…").click();
  expect(await panel.sent("run")).toEqual([
    { kind: "run", command: "phiSidecar.showConversations" },
  ]);
});

test("after a conversation is deleted the keyboard is on its neighbour, at last in the composer", async ({
  panel,
}) => {
  const [first, second, third] = recent;
  if (!(first && second && third)) {
    throw new Error("Three are needed.");
  }
  await panel.tell(conversation(), surroundings({ recent }));
  const remove = (title: string) => panel.button(`Delete the conversation ${title}`);
  await remove(second.title).focus();
  await panel.page.keyboard.press("Enter");
  expect(await panel.sent("deleteConversation")).toEqual([
    { kind: "deleteConversation", id: "r2" },
  ]);
  await panel.tell(surroundings({ recent: [first, third] }));
  await expect(panel.button(/^A regular expression/)).toBeFocused();
  await remove(third.title).click();
  await panel.tell(surroundings({ recent: [first] }));
  await expect(panel.button(/^Sort by two keys/)).toBeFocused();
  await remove(first.title).click();
  await panel.tell(surroundings({ recent: [] }));
  await expect(panel.composer).toBeFocused();
});
