import { describe, expect, test } from "vitest";

import { settle, Timers } from "../chat/chat.fixture";
import { Outlook } from "./outlook";

/** An outlook whose looks a test answers. */
function outlook() {
  const timers = new Timers();
  const looks: ((better: string | undefined) => void)[] = [];
  const told: (string | undefined)[] = [];
  const watched = new Outlook<string>({
    later: timers.later,
    find: () => new Promise((resolve) => looks.push(resolve)),
    passes: (better) => better === "on its way",
    tell: (better) => told.push(better),
  });
  const answer = async (look: number, better: string | undefined) => {
    looks[look]?.(better);
    await settle();
  };
  return { watched, timers, looks, told, answer };
}

describe("what there is in the starter's place", () => {
  test("is told as it is found, nothing as well", async () => {
    const { watched, told, answer } = outlook();
    void watched.look();
    await answer(0, "an offer");
    void watched.look();
    await answer(1, undefined);
    expect(told).toEqual(["an offer", undefined]);
  });

  test("is not told any more where it was looked again meanwhile", async () => {
    const { watched, told, answer } = outlook();
    void watched.look();
    void watched.look();
    await answer(1, "new");
    await answer(0, "old");
    expect(told).toEqual(["new"]);
  });

  test("is looked at again and again while it is on its way, and not after", async () => {
    const { watched, timers, looks, told, answer } = outlook();
    void watched.look();
    await answer(0, "on its way");
    timers.pass(5_000);
    await answer(1, "on its way");
    timers.pass(5_000);
    await answer(2, undefined);
    timers.pass(60_000);
    expect(looks).toHaveLength(3);
    expect(told).toEqual(["on its way", "on its way", undefined]);
  });

  test("is looked at once more a moment after something was begun", async () => {
    const { watched, timers, looks, answer } = outlook();
    void watched.lookTwice();
    await answer(0, "an offer");
    timers.pass(1_000);
    expect(looks).toHaveLength(2);
  });

  test("is told no more once the window closes", async () => {
    const { watched, timers, looks, told, answer } = outlook();
    void watched.lookTwice();
    watched.dispose();
    await answer(0, "on its way");
    timers.pass(60_000);
    expect(looks).toHaveLength(1);
    expect(told).toEqual([]);
  });
});
