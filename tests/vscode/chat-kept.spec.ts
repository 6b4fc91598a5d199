import { startCodeServer } from "../../tools/code-server.mjs";
import { killAll, running } from "./processes";
import { expect, test } from "./window";

const END_OF_FILE = { file: "stock.py", line: 23, column: 1 };

test.describe("with the echo accelerator", () => {
  test.use({ computer: "echo", accelerator: "echo/echo" });

  test.beforeEach(async ({ editor, chat }) => {
    await editor.load(END_OF_FILE);
    await editor.untilReady({ accelerator: "Echo" });
    await chat.open();
  });

  test("a conversation and what was being typed are there again after a reload", async ({
    chat,
    editor,
  }) => {
    await chat.ask("Remember the heron.");
    await chat.untilAnswered();
    await chat.question.fill("and then I");
    await chat.question.blur();
    await editor.command("Developer: Reload Window");
    await expect(editor.status).toBeHidden();
    await editor.untilReady({ accelerator: "Echo" });
    await expect(chat.turns).toHaveCount(1);
    expect(await chat.text()).toBe("You said: Remember the heron.");
    await expect(chat.question).toHaveValue("and then I");
  });

  test("conversations are listed, opened, deleted, and a deletion is undone", async ({
    chat,
    editor,
  }) => {
    await chat.ask("Remember the heron.");
    await chat.untilAnswered();
    await editor.command("Phi: New Chat");
    await expect(chat.turns).toHaveCount(0);
    await chat.ask("Remember the otter.");
    await chat.untilAnswered();

    await editor.command("Phi: Show Conversations");
    await expect(editor.rows).toHaveCount(2);
    await editor.choose("heron");
    await expect(chat.turns.last()).toContainText("You said: Remember the heron.");

    await editor.command("Phi: Show Conversations");
    const otter = editor.rows.filter({ hasText: "otter" });
    await otter.hover();
    await otter.getByRole("button", { name: /delete/i }).click();
    await expect(editor.rows.filter({ hasText: "otter" })).toHaveCount(0);
    await editor.press("Escape");
    await editor
      .notification(/otter|deleted/i)
      .getByRole("button", { name: "Undo" })
      .click();
    await editor.command("Phi: Show Conversations");
    await editor.choose("otter");
    await expect(chat.turns.last()).toContainText("You said: Remember the otter.");
  });
});

test.describe("with a long answer", () => {
  test.use({
    settings: { "phiSidecar.chat.systemPrompt": "", "phiSidecar.chat.maxNewTokens": 4_000 },
  });

  test("an editor that was killed while an answer was written has what came of it", async ({
    chat,
    editor,
    files,
    page,
    sandbox,
    server,
  }) => {
    await editor.load(END_OF_FILE);
    await editor.untilReady();
    await chat.open();
    await chat.ask("Write a long story about a ship and the sea, at least a thousand words.");
    await chat.untilStreaming({ characters: 300 });
    const seen = await chat.text();
    // What is kept lags behind what is shown by a second at most.
    await expect.poll(async () => (await chat.text()).length).toBeGreaterThan(seen.length + 600);
    killAll(await running("editor", sandbox.home));
    await server.ended;
    await page.goto("about:blank");

    // At the same address: a workspace is known by it.
    const again = await startCodeServer({ ...sandbox, ...files, port: server.port });
    try {
      await editor.load(END_OF_FILE);
      await editor.untilReady();
      await chat.open();
      await expect(chat.turns.last()).toContainText(
        "The editor closed while this was being answered",
      );
      expect((await chat.text()).startsWith(seen.slice(0, 250))).toBe(true);
    } finally {
      await again.stop();
    }
  });
});
