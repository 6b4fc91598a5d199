import { expect, test } from "vitest";

import { amountText, sizeText } from "./sizes";

test.each([
  [0, "0 MB"],
  [12, "less than 1 MB"],
  [150_400_000, "150 MB"],
  [999_400_000, "999 MB"],
  [999_600_000, "1.0 GB"],
  [2_380_000_000, "2.4 GB"],
])("%d bytes are told as %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

test("what has come is told in the unit of the whole", () => {
  expect(amountText(120_400_000, 250_000_000)).toBe("120/250 MB");
  expect(amountText(40_000_000, 2_300_000_000)).toBe("0.0/2.3 GB");
  expect(amountText(1_200_000_000, 2_300_000_000)).toBe("1.2/2.3 GB");
});

test("without a whole there is only what has come", () => {
  expect(amountText(40_000_000, undefined)).toBe("40 MB");
});
