import { expect, test } from "vitest";

import { plain } from "./plain";

test("text makes no icons", () => {
  expect(plain("$(bug) $(sync~spin)")).toBe("\\$(bug) \\$(sync~spin)");
});

test("what is no icon stays as it is", () => {
  expect(plain("3 $ (net) – Phi-3 [a](b)")).toBe("3 $ (net) – Phi-3 [a](b)");
});
