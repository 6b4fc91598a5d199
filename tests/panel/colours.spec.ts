// Code in the colours of the editor's theme.
import type { TokenColours, ToPanel } from "../../extension/src/chat/panel/panelMessages";
import { expect, type Panel, test } from "./panel";
import { answer, conversation, surroundings, turn } from "./samples";

const CODE = '```python\ndef total():  # sum\n    return "tea"\n```\n';
const OWN_COMMENT = "rgb(124, 166, 104)";
const OWN_STRING = "rgb(206, 145, 120)";

const colours = (some: TokenColours | null): ToPanel => ({ kind: "colours", colours: some });

test.beforeEach(async ({ panel }) => {
  await panel.tell(
    conversation([turn("t1", { answers: [answer({ text: CODE })] })]),
    surroundings(),
  );
  await expect(token(panel, "comment")).toHaveText("# sum");
});

function token(panel: Panel, kind: string) {
  return panel.page.locator(`.phi-token-${kind}`).first();
}

test("code has the panel's own colours until the theme's are known", async ({ panel }) => {
  await expect(token(panel, "comment")).toHaveCSS("color", OWN_COMMENT);
  await panel.tell(colours(null));
  await expect(token(panel, "comment")).toHaveCSS("color", OWN_COMMENT);
});

test("code has the theme's colours and styles", async ({ panel }) => {
  await panel.tell(
    colours({
      comment: { color: "#88dd88", fontStyle: "italic" },
      storage: { color: null, fontStyle: "bold underline" },
    }),
  );
  await expect(token(panel, "comment")).toHaveCSS("color", "rgb(136, 221, 136)");
  await expect(token(panel, "comment")).toHaveCSS("font-style", "italic");
  // The foreground of the editor in this theme.
  await expect(token(panel, "storage")).toHaveCSS("color", "rgb(204, 204, 204)");
  await expect(token(panel, "storage")).toHaveCSS("font-weight", "700");
  await expect(token(panel, "storage")).toHaveCSS("text-decoration-line", "underline");
  await expect(token(panel, "string")).toHaveCSS("color", OWN_STRING);
});

test("what another theme leaves out goes back to the panel's own", async ({ panel }) => {
  await panel.tell(
    colours({ comment: { color: "#88dd88", fontStyle: "italic" }, string: { color: "#dd8888" } }),
    colours({ string: { color: "#dddd88" } }),
  );
  await expect(token(panel, "comment")).toHaveCSS("color", OWN_COMMENT);
  await expect(token(panel, "comment")).toHaveCSS("font-style", "normal");
  await expect(token(panel, "string")).toHaveCSS("color", "rgb(221, 221, 136)");
});

test("a colour that cannot be read on the panel's background is not taken", async ({ panel }) => {
  await panel.tell(colours({ comment: { color: "#444444" }, string: { color: "#88dd88" } }));
  await expect(token(panel, "comment")).toHaveCSS("color", OWN_COMMENT);
  await expect(token(panel, "string")).toHaveCSS("color", "rgb(136, 221, 136)");
});

test("a colour is judged anew when the background changes under it", async ({ panel }) => {
  await panel.tell(colours({ comment: { color: "#88dd88" } }));
  await expect(token(panel, "comment")).toHaveCSS("color", "rgb(136, 221, 136)");
  await panel.page.evaluate(() => {
    document.documentElement.style.setProperty("--vscode-textCodeBlock-background", "#ffffff");
  });
  await expect(token(panel, "comment")).toHaveCSS("color", OWN_COMMENT);
});

test("the default theme's own colours leave axe nothing to find", async ({ panel }) => {
  await panel.tell(
    colours({
      comment: { color: "#6a9955" },
      storage: { color: "#569cd6" },
      string: { color: "#ce9178" },
      control: { color: "#c586c0" },
    }),
  );
  await expect(token(panel, "comment")).not.toHaveCSS("color", OWN_COMMENT);
  expect(await panel.violations()).toEqual([]);
});

test("nothing but a colour gets into the page's style", async ({ panel }) => {
  await panel.tell(
    colours({
      comment: { color: "url(https://example.invalid/)" },
      string: { color: "#fff; background: url(https://example.invalid/)", fontStyle: "url(x)" },
    }),
  );
  await expect(token(panel, "comment")).toHaveCSS("color", OWN_COMMENT);
  await expect(token(panel, "string")).toHaveCSS("color", OWN_STRING);
});
