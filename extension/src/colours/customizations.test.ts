import { expect, test } from "vitest";

import { customRules } from "./customizations";
import { tokenStyles } from "./tokenStyles";

const styles = (setting: unknown, theme = "Monokai") =>
  tokenStyles([
    { scope: ["comment", "string", "storage", "keyword"], settings: { foreground: "#000000" } },
    ...customRules(setting, theme),
  ]);

test("a simple key colours its kinds", () => {
  const { comment, storage, control, string, number, type, variable } = styles({
    comments: "#111111",
    keywords: { foreground: "#222222", fontStyle: "bold" },
    numbers: "#333333",
    types: "#444444",
    variables: "#555555",
  });
  expect(comment).toEqual({ color: "#111111" });
  expect(storage).toEqual({ color: "#222222", fontStyle: "bold" });
  expect(control).toEqual({ color: "#222222", fontStyle: "bold" });
  expect(string).toEqual({ color: "#000000" });
  expect(number).toEqual({ color: "#333333" });
  expect(type).toEqual({ color: "#444444" });
  expect(variable).toEqual({ color: "#555555" });
});

test("a rule of one's own wins over a simple key", () => {
  const textMateRules = [{ scope: "string", settings: { foreground: "#222222" } }];
  expect(styles({ textMateRules, strings: "#111111" }).string).toEqual({ color: "#222222" });
});

test.each(["[Monokai]", "[Other][Monokai]", "[Mono*]", "[*kai]", "[*nok*]", "[*]"])(
  "what is below %s counts in Monokai, and wins",
  (scope) => {
    const setting = { [scope]: { comments: "#222222" }, comments: "#111111" };
    expect(styles(setting).comment).toEqual({ color: "#222222" });
  },
);

test.each(["[Other]", "[monokai]", "[*mono]", "[kai*]", "Monokai", "[Monokai"])(
  "what is below %s does not count in Monokai",
  (scope) => {
    const setting = { [scope]: { comments: "#222222" }, comments: "#111111" };
    expect(styles(setting).comment).toEqual({ color: "#111111" });
  },
);

test.each([undefined, null, "red", 7, [], { comments: 7, textMateRules: "none" }])(
  "%j changes nothing",
  (setting) => {
    expect(customRules(setting, "Monokai").every(({ settings }) => !settings.foreground)).toBe(
      true,
    );
    expect(styles(setting).comment).toEqual({ color: "#000000" });
  },
);
