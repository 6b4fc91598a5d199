import { describe, expect, test } from "vitest";

import { longestQuestion } from "../../webview/composing";
import { openableLink, readFromPanel } from "./panelInput";

describe("the panel's messages", () => {
  test.each([
    { kind: "ready" },
    { kind: "ask", text: "why?" },
    { kind: "showAnswer", turn: "t1", answer: 0 },
    { kind: "attach", what: "file" },
    { kind: "newFile", text: "x", languageId: "python" },
    { kind: "run", command: "phiSidecar.switchAccelerator" },
  ])("are understood: $kind", (message) => {
    expect(readFromPanel(message)).toEqual(message);
  });

  test.each([
    undefined,
    null,
    "ask",
    [],
    {},
    { kind: "ask" },
    { kind: "ask", text: 1 },
    { kind: "draft", text: "x".repeat(2_000_001) },
    { kind: "constructor" },
    { kind: "__proto__" },
    { kind: "run", command: "workbench.action.terminal.sendSequence" },
    { kind: "run", command: "phiSidecar.explainSelection" },
    { kind: "attach", what: "/etc/passwd" },
    { kind: "showAnswer", turn: "t1", answer: -1 },
    { kind: "showAnswer", turn: "t1", answer: 0.5 },
    { kind: "openConversation", id: "x".repeat(65) },
    { kind: "failed", what: "x".repeat(201) },
  ])("are refused where the panel would not send them: %j", (message) => {
    expect(readFromPanel(message)).toBeUndefined();
  });

  test("hold a question as long as the panel sends one, and a draft that is longer", () => {
    const ask = (length: number) => readFromPanel({ kind: "ask", text: "x".repeat(length) });
    expect(ask(longestQuestion)).toBeDefined();
    expect(ask(longestQuestion + 1)).toBeUndefined();
    expect(readFromPanel({ kind: "draft", text: "x".repeat(longestQuestion + 1) })).toBeDefined();
  });

  test("do not count by what their objects inherit", () => {
    expect(readFromPanel(Object.create({ kind: "ask", text: "why?" }))).toBeUndefined();
  });
});

describe("links", () => {
  test.each(["https://a.b/c?d=e#f", "http://a.b/", "mailto:someone@a.b"])("open %s", (href) => {
    expect(openableLink(href)).toBe(href);
  });

  test.each([
    "command:workbench.action.quit",
    "file:///etc/passwd",
    "vscode://extension/x",
    "javascript:alert(1)",
    "data:text/html,x",
    " javascript:alert(1)",
    "//a.b",
    "/etc/passwd",
    "",
  ])("do not open %j", (href) => {
    expect(openableLink(href)).toBeUndefined();
  });
});
