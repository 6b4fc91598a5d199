import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "./markdownView";
import { themeNames } from "./panel";
import { cutAtRandom, randomMarkdown, seeded } from "./randomMarkdown";

const code = [
  "```python",
  "def area(width, height):",
  '    """Multiply \u202ethem\u202c."""',
  "",
  "    return width * height",
  "```",
  "",
].join("\n");
const exact = code.split("\n").slice(1, -2).join("\n");

test.describe("what is drawn", () => {
  test("is the same however the text was cut", async ({ view }) => {
    test.setTimeout(120_000);
    const folder = path.join(import.meta.dirname, "hostile");
    const corpus = readdirSync(folder)
      .filter((file) => file.endsWith(".md"))
      .map((file) => readFileSync(path.join(folder, file), "utf8"));
    const random = Array.from({ length: 400 }, (_, seed) => randomMarkdown(seeded(seed + 1)));
    for (const [seed, text] of [...corpus, ...random].entries()) {
      const pieces = cutAtRandom(text, seeded(seed + 1));
      const atOnce = await view.draw([pieces.join("")]);

      const streamed = await view.draw(pieces, { slowly: true });

      expect(streamed, JSON.stringify(pieces)).toBe(atOnce);
    }
  });

  test("is the same where it went on after what seemed the end", async ({ view }) => {
    const random = Array.from({ length: 150 }, (_, seed) => randomMarkdown(seeded(seed + 1)));
    const late =
      "See [the guide][g].\n\nMore.\n\n[g]: https://good.exa|mple/g\n|\nMore [again][g].";
    const cut = random.map((text, seed) => cutAtRandom(text, seeded(seed + 1)));
    for (const pieces of [...cut, late.split("|")]) {
      const atOnce = await view.draw([pieces.join("")]);

      const goneOn = await view.draw(pieces, { slowly: true, finishEach: true });

      expect(goneOn, JSON.stringify(pieces)).toBe(atOnce);
    }
  });

  test("keeps the nodes that are settled, and those of the rest that did not change", async ({
    view,
  }) => {
    await view.draw(["# Title\n\nFirst **bold**.\n\n- one\n- two\n\nlast **bold** and"], {
      finish: false,
    });
    await view.page.evaluate(() => {
      const nodes = document.querySelectorAll(".phi-markdown *");
      Object.assign(window, { phiNodes: [...nodes] });
    });

    await view.append(" more\n\n```js\nlet x");
    await view.append(" = 1;\nlet y;\n```\n\nend");

    const kept = await view.page.evaluate(() =>
      (window as unknown as { phiNodes: Element[] }).phiNodes.every((node) => node.isConnected),
    );
    expect(kept).toBe(true);
  });

  test("keeps a selection in an answer that goes on", async ({ view }) => {
    await view.draw(["The first words stay"], { finish: false });
    await view.page.evaluate(() => {
      const text = document.querySelector(".phi-markdown p")?.firstChild;
      if (text !== null && text !== undefined) {
        document.getSelection()?.setBaseAndExtent(text, 4, text, 9);
      }
    });

    await view.append(" selected **while** more comes");

    expect(await view.page.evaluate(() => String(document.getSelection()))).toBe("first");
  });

  test("resolves a definition that comes after its use", async ({ view }) => {
    await view.draw(["See [the guide][g].\n\n", "More.\n\n", "[g]: https://good.example/g\n"]);

    const link = view.page.getByRole("link", { name: "the guide" });
    await expect(link).toHaveAttribute("href", "https://good.example/g");
  });

  test("is coloured line by line as it comes, as it is at once", async ({ view }) => {
    const lines = "```ts\nconst a = /* one\ntwo */ 2; // four\nlet b = 'x';\n";
    await view.draw([lines], { finish: false });
    const before = await view.page.locator(".phi-code-area").innerHTML();

    await view.draw([...lines], { slowly: true, finish: false });

    expect(before).toContain("phi-token-comment");
    expect(await view.page.locator(".phi-code-area").innerHTML()).toBe(before);
  });

  test("stays plain where the language is not known", async ({ view }) => {
    await view.draw(["```klingon\nqapla'\n```\n"]);

    await expect(view.page.locator(".phi-code-language")).toHaveText("klingon");
    await expect(view.page.locator(".phi-code-area")).toHaveText("qapla'");
  });

  test("leaves a very long line of code without colours", async ({ view }) => {
    await view.draw([`\`\`\`js\nlet a = 1;\n${"let b = 2; ".repeat(300)}\n`]);

    const lines = view.page.locator(".phi-line");
    await expect(lines.nth(0).locator("span")).not.toHaveCount(0);
    await expect(lines.nth(1).locator("span")).toHaveCount(0);
  });
});

test.describe("a code block", () => {
  test("hands on the exact code, hidden characters included", async ({ view }) => {
    await view.draw([code]);
    const { page } = view;

    await page.getByRole("button", { name: "Copy code" }).click();
    await page.getByRole("button", { name: "Insert at cursor" }).click();
    await page.getByRole("button", { name: "New file" }).click();

    expect(await view.asked()).toEqual([
      ["copy", exact],
      ["insert", exact],
      ["newFile", exact, "python"],
    ]);
  });

  test("says that it has copied, and then no more", async ({ view }) => {
    await view.page.clock.install();
    await view.draw([code]);

    await view.page.getByRole("button", { name: "Copy code" }).click();

    await expect(view.page.getByRole("status")).toHaveText("Copied");
    await view.page.clock.runFor(3_000);
    await expect(view.page.getByRole("status")).toHaveText("");
  });

  test("can be copied while it comes", async ({ view }) => {
    await view.draw(["```js\nlet x = 1;\nlet y"], { finish: false });

    await view.page.getByRole("button", { name: "Copy code" }).click();
    await view.append(" = 2;\n");
    await view.page.getByRole("button", { name: "Copy code" }).click();

    expect(await view.asked()).toEqual([
      ["copy", "let x = 1;\nlet y"],
      ["copy", "let x = 1;\nlet y = 2;"],
    ]);
  });

  test("gives the exact code to who selects and copies it", async ({ view }) => {
    await view.draw([code]);

    const copied = await view.page.evaluate(() => {
      const area = document.querySelector(".phi-code-area");
      if (area === null) {
        return undefined;
      }
      document.getSelection()?.selectAllChildren(area);
      const clipboardData = new DataTransfer();
      area.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true }));
      return clipboardData.getData("text/plain");
    });

    expect(copied).toBe(exact);
  });

  test("is reached and used by the keyboard, and its buttons are seen then", async ({ view }) => {
    await view.draw([code]);
    const { page } = view;
    const actions = page.locator(".phi-code-actions");
    await expect(actions).toHaveCSS("opacity", "0");

    await page.keyboard.press("Tab");

    await expect(page.getByRole("button", { name: "Copy code" })).toBeFocused();
    await expect(actions).toHaveCSS("opacity", "1");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    expect(await view.asked()).toEqual([["insert", exact]]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("group", { name: "Code: Python" })).toBeFocused();
  });

  for (const [written, name, languageId] of [
    ["py", "Python", "python"],
    ["TSX", "TSX", "typescriptreact"],
    ["c++", "C++", "cpp"],
    ["c#", "C#", "csharp"],
    ["sh", "Shell", "shellscript"],
    ["{.rust}", "Rust", "rust"],
    ["js:app.js", "JavaScript", "javascript"],
    // Not one that is highlighted, but an extension of the editor's may know it.
    ["gleam", "gleam", "gleam"],
    ["", "Text", "plaintext"],
  ] as const) {
    test(`knows '${written}' as ${name}`, async ({ view }) => {
      await view.draw([`\`\`\`${written}\nx\n\`\`\`\n`]);

      await view.page.getByRole("button", { name: "New file" }).click();

      await expect(view.page.locator(".phi-code-language")).toHaveText(name);
      expect(await view.asked()).toEqual([["newFile", "x", languageId]]);
    });
  }
});

test.describe("a link", () => {
  test("asks, whether clicked by any button or opened by the keyboard", async ({ view }) => {
    await view.draw(["[site](https://good.example/a 'misleading')"]);
    const link = view.page.getByRole("link", { name: "site" });
    const { url } = { url: view.page.url() };

    await link.click();
    await link.click({ button: "middle" });
    await link.focus();
    await view.page.keyboard.press("Enter");
    await link.click({ modifiers: ["ControlOrMeta"] });

    expect(await view.asked()).toEqual(Array(4).fill(["openLink", "https://good.example/a"]));
    expect(view.page.url()).toBe(url);
    expect(view.page.context().pages()).toHaveLength(1);
    await expect(link).toHaveAttribute("title", "https://good.example/a");
  });

  test("to anything but the web and mail is text that shows the address", async ({ view }) => {
    await view.draw(["[run](command:x.y) and [read](./README.md)"]);

    await expect(view.page.getByRole("link")).toHaveCount(0);
    await expect(view.page.locator(".phi-markdown")).toHaveText(
      "run (command:x.y) and read (./README.md)",
    );
  });

  test("takes the place of an image, which is never loaded", async ({ view }) => {
    await view.draw(["![a picture](https://good.example/a.png)"]);

    await view.page.getByRole("link", { name: "a picture" }).click();

    expect(await view.asked()).toEqual([["openLink", "https://good.example/a.png"]]);
  });
});

for (const theme of themeNames) {
  test.describe(() => {
    test.use({ theme });

    test(`code in every colour can be read in ${theme}`, async ({ view, panel }) => {
      await view.draw(["x"]);

      const faint = await panel.page.evaluate(() => {
        const luminance = (colour: string) => {
          const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? [])
            .map((part) => Number(part) / 255)
            .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const root = document.querySelector<HTMLElement>(".phi-markdown");
        const styles = [...document.styleSheets].flatMap((sheet) => {
          const rules = (list: CSSRuleList): string[] =>
            [...list].flatMap((rule) =>
              rule instanceof CSSStyleRule
                ? [rule.selectorText]
                : rule instanceof CSSImportRule && rule.styleSheet !== null
                  ? rules(rule.styleSheet.cssRules)
                  : [],
            );
          return rules(sheet.cssRules);
        });
        const names = styles.filter((name) => name.startsWith(".phi-token-"));
        const block = document.createElement("div");
        block.className = "phi-code";
        root?.append(block);
        const background = luminance(getComputedStyle(block).backgroundColor);
        const found = names.filter((name) => {
          const token = document.createElement("span");
          token.className = name.slice(1);
          block.append(token);
          const text = luminance(getComputedStyle(token).color);
          const [low = 0, high = 0] = [background, text].sort((a, b) => a - b);
          return (high + 0.05) / (low + 0.05) < 4.5;
        });
        return names.length < 15 ? ["the colours were not found"] : found;
      });

      expect(faint).toEqual([]);
    });

    test(`axe finds nothing wrong with an answer in ${theme}`, async ({ view, panel }) => {
      const folder = path.join(import.meta.dirname, "hostile");
      const text = ["tables", "bidi", "links-to-commands", "fences"]
        .map((name) => readFileSync(path.join(folder, `${name}.md`), "utf8"))
        .join("\n\n");
      await view.draw([`### Low first\n\n${code}\n\n# High\n\n##### Deep\n\n${text}`]);
      await panel.page.evaluate(() => {
        const answer = document.querySelector(".phi-markdown");
        const main = document.createElement("main");
        const title = document.createElement("h1");
        title.textContent = "Chat";
        main.append(title);
        answer?.replaceWith(main);
        main.append(answer ?? "");
      });

      expect(await panel.violations()).toEqual([]);
    });
  });
}
