import { describe, expect, it } from "vitest";

import { openableAddress } from "./addresses";

describe("an address", () => {
  it.each([
    ["https://good.example", "https://good.example/"],
    ["HTTP://GOOD.EXAMPLE/A", "http://good.example/A"],
    ["mailto:a@good.example", "mailto:a@good.example"],
  ])("may be opened: %s", (href, address) => {
    expect(openableAddress(href)).toBe(address);
  });

  it.each([
    "command:workbench.action.quit",
    "vscode:extension/x.y",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:alert(1)",
    "\u0001javascript:alert(1)",
    " https://good.example",
    "data:text/html,x",
    "blob:https://good.example/x",
    "//good.example",
    "/path",
    "#hash",
    "README.md",
    "https://",
    "https://good.example:99999",
    "",
  ])("may not be opened: %s", (href) => {
    expect(openableAddress(href)).toBeUndefined();
  });
});
