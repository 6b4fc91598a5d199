import { expect, test } from "vitest";

import { notificationText } from "./notificationText";

// As the editor looks for links in a notification (`vs/base/common/linkedText`).
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

test.each([
  "“/explain [a](command:workbench.action.quit).py” was deleted.",
  "[a[b](command:workbench.action.quit?%5B%22x%22%5D)",
  "[a](file:///etc/passwd) and [b](https://a.b 'c')",
])("no link is made of %j", (text) => {
  expect(text).toMatch(link);
  expect(notificationText(text)).not.toMatch(link);
});

test("what is no link stays as it is", () => {
  expect(notificationText("“items[0](x)” – stock.py: it's (gone) [1]")).toContain("items[0] (x)");
  expect(notificationText("stock.py:3-10 (2) [x]")).toBe("stock.py:3-10 (2) [x]");
});
