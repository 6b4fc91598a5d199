import { expect, test } from "vitest";

import type { Status } from "../generated/protocol";
import { noticeOf } from "./notice";

const preparing: Status = {
  phase: "preparing",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
};
const unavailable: Status = {
  ...preparing,
  phase: "unavailable",
  reason: "The set-up was cancelled.",
  remedy: "Try again when you are online.",
};

test("a failed preparation is told once, with reason and remedy", () => {
  expect(noticeOf(preparing, unavailable)).toEqual({
    message: "The set-up was cancelled. Try again when you are online.",
    accelerator: "openvino-genai/CPU",
    acceleratorName: "CPU (OpenVINO)",
  });
  expect(noticeOf(unavailable, { ...unavailable })).toBeUndefined();
});

test("another try that fails is told again, and so is another reason", () => {
  expect(noticeOf(preparing, unavailable)).toBeDefined();
  expect(noticeOf(unavailable, { ...unavailable, reason: "The disk is full." })).toBeDefined();
});

test("what goes well, or has no reason, is not told", () => {
  expect(noticeOf(unavailable, preparing)).toBeUndefined();
  expect(noticeOf(preparing, { ...unavailable, reason: null })).toBeUndefined();
});
