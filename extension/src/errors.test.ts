import { expect, test } from "vitest";

import { describeError, isCancellation, isDisconnection, toldBy } from "./errors";

test("an error is named for the log without its message", () => {
  expect(describeError(Object.assign(new Error("def secret()"), { code: 1003 }))).toBe("code 1003");
  expect(describeError(new TypeError("def secret()"))).toBe("TypeError");
});

test("the message and the remedy of an answer are told", () => {
  const error = Object.assign(new Error("The NPU has no driver."), {
    code: 1005,
    data: { remedy: "Install it." },
  });
  expect(toldBy(error)).toEqual({ message: "The NPU has no driver.", remedy: "Install it." });
  expect(toldBy("gone")).toEqual({ message: "gone", remedy: undefined });
});

test("a cancelled request is no failure", () => {
  expect(isCancellation({ code: -32800 })).toBe(true);
  expect(isCancellation({ code: 1005 })).toBe(false);
});

test("a request whose sidecar has gone is told from one that it refused", () => {
  expect([-32097, -32096].map((code) => isDisconnection({ code }))).toEqual([true, true]);
  expect(isDisconnection({ code: 1005 })).toBe(false);
  expect(toldBy({ code: -32097, message: "Pending response rejected" }).message).toBe(
    "The sidecar ended before it had answered.",
  );
});
