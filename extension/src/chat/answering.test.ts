import { describe, expect, test } from "vitest";

import { ErrorCode } from "../generated/methods";
import { answer, type Ending } from "./answering";
import { cancellation, FakeSidecar, ready, result, settle, Timers } from "./chat.fixture";
import { Readiness } from "./readiness";

/** A question that is being asked. */
function asking() {
  const sidecar = new FakeSidecar();
  const readiness = new Readiness();
  const timers = new Timers();
  const stop = new AbortController();
  const pieces: string[] = [];
  let ending: Ending | undefined;
  const begin = () =>
    answer(
      { readiness, cancellation, sleep: timers.sleep },
      { messages: [{ role: "user", content: "why?" }] },
      { piece: (text) => pieces.push(text), signal: stop.signal },
    ).then((how) => {
      ending = how;
    });
  return { sidecar, readiness, timers, stop, pieces, begin, ending: () => ending };
}

describe("an answer", () => {
  test("comes in pieces and ends with the sidecar's result", async () => {
    const { sidecar, readiness, pieces, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.chat.piece("Be");
    sidecar.chat.piece("cause");
    expect(pieces).toEqual(["Be", "cause"]);
    sidecar.chat.answer(result("Because"));
    await settle();
    expect(ending()).toEqual({ kind: "result", result: result("Because") });
  });

  test("waits for a model that is being prepared", async () => {
    const { sidecar, readiness, begin } = asking();
    readiness.update({ kind: "starting" }, undefined);
    void begin();
    readiness.update(sidecar.state, { ...ready, phase: "preparing" });
    await settle();
    expect(sidecar.chats).toEqual([]);
    readiness.update(sidecar.state, ready);
    await settle();
    expect(sidecar.chats).toHaveLength(1);
  });

  test("is stopped at once while it waits", async () => {
    const { readiness, stop, begin, ending, sidecar } = asking();
    readiness.update({ kind: "starting" }, undefined);
    void begin();
    await settle();
    stop.abort();
    await settle();
    expect(ending()).toEqual({ kind: "stopped" });
    readiness.update(sidecar.state, ready);
    await settle();
    expect(sidecar.chats).toEqual([]);
  });

  test("fails where no model will come, with reason and remedy", async () => {
    const { sidecar, readiness, begin, ending } = asking();
    const status = { phase: "unavailable", reason: "No driver.", remedy: "Install it." } as const;
    readiness.update(sidecar.state, { ...ready, ...status });
    void begin();
    await settle();
    expect(ending()).toEqual({ kind: "failed", reason: "No driver.", remedy: "Install it." });
  });

  test("that is stopped is cancelled, and its result taken", async () => {
    const { sidecar, readiness, stop, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    expect(sidecar.chat.cancelled()).toBe(false);
    stop.abort();
    expect(sidecar.chat.cancelled()).toBe(true);
    await settle();
    expect(ending()).toBeUndefined();
    sidecar.chat.answer(result("Be", { finishReason: "cancelled" }));
    await settle();
    expect(ending()).toMatchObject({ kind: "result", result: { finishReason: "cancelled" } });
  });

  test("that is stopped before the sidecar heard of it is just stopped", async () => {
    const { sidecar, readiness, stop, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    stop.abort();
    sidecar.chat.refuse(-32800, "Request got cancelled");
    await settle();
    expect(ending()).toEqual({ kind: "stopped" });
  });

  test("tells the sidecar's error with its remedy", async () => {
    const { sidecar, readiness, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.chat.refuse(ErrorCode.promptTooLong, "Too long.", "Shorten it.");
    await settle();
    expect(ending()).toEqual({ kind: "failed", reason: "Too long.", remedy: "Shorten it." });
  });

  test("says how the sidecar stopped, when its process ends first", async () => {
    const { sidecar, readiness, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.die();
    await settle();
    expect(ending()).toMatchObject({
      kind: "failed",
      reason: "The sidecar stopped while this was being answered: it was ended by SIGKILL.",
    });
  });

  test("says how the sidecar stopped, when its connection breaks first", async () => {
    const { sidecar, readiness, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.chat.refuse(-32097, "Pending response rejected since connection got disposed");
    await settle();
    sidecar.die();
    await settle();
    expect(ending()).toMatchObject({ reason: expect.stringContaining("ended by SIGKILL") });
  });

  test("tells an error of the connection itself, where the process lives on", async () => {
    const { sidecar, readiness, timers, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.chat.refuse(-32603, "Internal error");
    await settle();
    expect(ending()).toBeUndefined();
    timers.pass(2_000);
    await settle();
    expect(ending()).toEqual({ kind: "failed", reason: "Internal error", remedy: null });
  });

  test("is asked again when the model was gone for a moment that the status did not know of", async () => {
    const { sidecar, readiness, begin } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.chat.refuse(ErrorCode.notReady, "Not ready.", "Wait.");
    await settle();
    expect(sidecar.chats).toHaveLength(1);
    readiness.update(sidecar.state, { ...ready, phase: "loading" });
    await settle();
    expect(sidecar.chats).toHaveLength(1);
    readiness.update(sidecar.state, ready);
    await settle();
    expect(sidecar.chats).toHaveLength(2);
  });

  test("fails when it is refused as not ready and nothing changes", async () => {
    const { sidecar, readiness, timers, begin, ending } = asking();
    readiness.update(sidecar.state, ready);
    void begin();
    await settle();
    sidecar.chat.refuse(ErrorCode.notReady, "Not ready.", "Wait.");
    await settle();
    timers.pass(2_000);
    await settle();
    expect(ending()).toEqual({ kind: "failed", reason: "Not ready.", remedy: "Wait." });
    expect(sidecar.chats).toHaveLength(1);
  });
});
