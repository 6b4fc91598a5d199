import { describe, expect, test } from "vitest";

import { outcomeOf } from "./outcome";

const refused = Object.assign(new Error("It has too little memory. CPU keeps answering."), {
  code: 1005,
  data: { remedy: "Close other programs." },
});

describe("a long request that was rejected", () => {
  test("is told with the sidecar's reason and remedy", () => {
    expect(outcomeOf(refused, { ended: false })).toEqual({
      kind: "failed",
      message: "It has too little memory. CPU keeps answering. Close other programs.",
    });
  });

  test("is no news when it was cancelled", () => {
    const cancelled = Object.assign(new Error("Request cancelled"), { code: -32800 });
    expect(outcomeOf(cancelled, { ended: false })).toEqual({ kind: "ended" });
  });

  test("is no news when it failed after the person had ended it", () => {
    expect(outcomeOf(refused, { ended: true })).toEqual({ kind: "ended" });
  });

  test("says in words that the sidecar went away", () => {
    const gone = Object.assign(new Error("Pending response rejected since …"), { code: -32097 });
    expect(outcomeOf(gone, { ended: false })).toEqual({
      kind: "failed",
      message:
        "The sidecar ended before it had answered. It starts again by itself; try again then.",
    });
  });
});
