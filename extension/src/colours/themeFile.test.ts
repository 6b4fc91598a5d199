import { expect, test } from "vitest";

import { readTokenRules } from "./themeFile";

const rule = (scope: string, foreground: string) => ({ scope, settings: { foreground } });

/** Files in one folder, by their names. */
const folder = (files: Readonly<Record<string, unknown>>) => ({
  read: async (name: string) => {
    const content = files[name];
    if (content === undefined) {
      throw new Error(`There is no ${name}.`);
    }
    return typeof content === "string" ? content : JSON.stringify(content);
  },
  beside: (_: string, path: string) => path.replace(/^\.\//, ""),
});

test("the rules of an included file come before the theme's own", async () => {
  const files = folder({
    "modern.json": '{ "include": "./plus.json", /* nothing of its own */ }',
    "plus.json": { include: "./vs.json", tokenColors: [rule("string", "#222222")] },
    "vs.json": { tokenColors: [rule("string", "#111111"), rule("comment", "#111111")] },
  });
  expect(await readTokenRules("modern.json", files)).toEqual([
    rule("string", "#111111"),
    rule("comment", "#111111"),
    rule("string", "#222222"),
  ]);
});

test("what is no rule is left out, and so are rules without a scope", async () => {
  const tokenColors = [
    { settings: { foreground: "#111111" } },
    { scope: "string" },
    {
      scope: ["comment", 7],
      settings: { foreground: 8, fontStyle: "bold", background: "#000000" },
    },
    { scope: [], settings: {} },
    "comment",
    null,
  ];
  expect(await readTokenRules("theme", folder({ theme: { tokenColors } }))).toEqual([
    { scope: ["comment"], settings: { fontStyle: "bold" } },
  ]);
});

test("rules that were converted from TextMate's count", async () => {
  const files = folder({ theme: { settings: [rule("string", "#111111")] } });
  expect(await readTokenRules("theme", files)).toEqual([rule("string", "#111111")]);
});

test.each([
  ["keeps its rules in a file of TextMate's", { tokenColors: "./theme.tmTheme" }],
  ["includes a file that is missing", { include: "./missing.json" }],
  ["includes itself", { include: "./theme" }],
  ["is no JSON", '<?xml version="1.0"?><plist></plist>'],
])("a theme that %s is given up", async (_, theme) => {
  await expect(readTokenRules("theme", folder({ theme }))).rejects.toThrow();
});
