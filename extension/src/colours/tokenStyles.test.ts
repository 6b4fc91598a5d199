import { expect, test } from "vitest";

import { tokenStyles } from "./tokenStyles";

const rule = (scope: string | string[], foreground?: string, fontStyle?: string) => ({
  scope,
  settings: {
    ...(foreground !== undefined && { foreground }),
    ...(fontStyle !== undefined && { fontStyle }),
  },
});

test("the most specific scope wins, wherever it stands", () => {
  const { string, regexp } = tokenStyles([
    rule("string.regexp", "#111111"),
    rule("string", "#222222"),
  ]);
  expect(string).toEqual({ color: "#222222" });
  expect(regexp).toEqual({ color: "#111111" });
});

test("of rules for the same scope the later wins", () => {
  const { comment } = tokenStyles([rule("comment", "#111111"), rule("comment", "#222222")]);
  expect(comment).toEqual({ color: "#222222" });
});

test("a scope is not taken for one whose name only begins alike", () => {
  expect(tokenStyles([rule("comm", "#111111")]).comment).toEqual({ color: null });
});

test("a list of scopes may be an array or parted by commas", () => {
  const { comment, number } = tokenStyles([
    rule("comment, constant.numeric", "#111111"),
    rule(["string", "storage"], "#222222"),
  ]);
  expect([comment, number]).toEqual([{ color: "#111111" }, { color: "#111111" }]);
});

test("a rule for a scope inside another counts there alone", () => {
  const rules = [
    rule("entity.other.attribute-name", "#111111"),
    rule("meta.tag entity.other.attribute-name", "#222222"),
    rule("meta.nowhere entity.name.tag", "#333333"),
  ];
  const { attribute, tag } = tokenStyles(rules);
  expect(attribute).toEqual({ color: "#222222" });
  expect(tag).toEqual({ color: null });
});

test("what a theme leaves open inside a string looks as the string", () => {
  const styles = tokenStyles([rule("string", "#111111", "italic")]);
  expect(styles.escape).toEqual({ color: "#111111", fontStyle: "italic" });
});

test("a kind without a rule looks as plain text", () => {
  const { variable, string } = tokenStyles([rule("string", "#111111")]);
  expect(variable).toEqual({ color: null });
  expect(string).toEqual({ color: "#111111" });
});

test("where a theme has no rule for a kind's first name its next speaks", () => {
  const { function: called } = tokenStyles([rule("support.function", "#111111")]);
  expect(called).toEqual({ color: "#111111" });
});

test("styles are told apart, and an empty one takes those of a wider scope back", () => {
  const { storage, comment, type } = tokenStyles([
    rule("storage", "#111111", "bold"),
    rule("storage.type", undefined, "italic underline"),
    rule("comment", "#222222", "italic"),
    rule("comment.line", undefined, ""),
    rule("entity.name.type", "#333333", "strikethrough dotted"),
  ]);
  expect(storage).toEqual({ color: "#111111", fontStyle: "italic underline" });
  expect(comment).toEqual({ color: "#222222" });
  expect(type).toEqual({ color: "#333333", fontStyle: "strikethrough" });
});

test("what is no hexadecimal colour is no colour", () => {
  const { comment, string, number } = tokenStyles([
    rule("comment", "red"),
    rule("string", "url(https://example.invalid)"),
    rule("constant.numeric", "#AE81FFA0"),
  ]);
  expect([comment, string]).toEqual([{ color: null }, { color: null }]);
  expect(number).toEqual({ color: "#ae81ffa0" });
});
