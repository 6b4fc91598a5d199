import { describe, expect, test } from "vitest";

import { Timers } from "../chat/chat.fixture";
import { type Answer, type Kept, Offering } from "./moment";

const secondMs = 1_000;
const dayMs = 86_400_000;
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** A window in which the starter answers, and nothing else happens. */
function window(said: Answer = "notNow", kept: unknown = undefined) {
  const timers = new Timers();
  const world = {
    starter: true,
    free: true,
    found: "Phi-3" as string | undefined,
    /** What happens while it is looked what there is. */
    meanwhile: (): void => undefined,
    said,
    kept,
    asked: [] as string[],
    got: [] as string[],
  };
  const offering = new Offering<string>({
    nowMs: () => timers.nowMs,
    later: timers.later,
    starterAnswers: () => world.starter,
    isFree: () => world.free,
    kept: () => world.kept,
    keep: (now: Kept) => {
      world.kept = now;
    },
    find: async () => {
      world.meanwhile();
      return world.found;
    },
    ask: async (offer) => {
      world.asked.push(offer);
      return world.said;
    },
    get: async (offer) => {
      world.got.push(offer);
    },
  });
  const pass = async (durationMs: number) => {
    timers.pass(durationMs);
    await settled();
  };
  return { world, offering, timers, pass };
}

type Window = ReturnType<typeof window>;

describe("a better model is offered", () => {
  test("once the starter has shown its worth, after a quiet while", async () => {
    const { world, offering, pass } = window("get");
    await pass(60 * secondMs);
    expect(world.asked).toEqual([]);
    offering.worthShown();
    await pass(9 * secondMs);
    expect(world.asked).toEqual([]);
    await pass(secondMs);
    expect(world.asked).toEqual(["Phi-3"]);
    expect(world.got).toEqual(["Phi-3"]);
  });

  test("not while the person types", async () => {
    const { world, offering, pass } = window();
    offering.worthShown();
    for (let key = 0; key < 5; key++) {
      await pass(9 * secondMs);
      offering.typed();
    }
    expect(world.asked).toEqual([]);
    await pass(10 * secondMs);
    expect(world.asked).toEqual(["Phi-3"]);
  });

  test("not while something is under way, but after it", async () => {
    const { world, offering, pass } = window();
    world.free = false;
    offering.worthShown();
    await pass(10 * secondMs);
    await pass(10 * secondMs);
    expect(world.asked).toEqual([]);
    world.free = true;
    await pass(10 * secondMs);
    expect(world.asked).toEqual(["Phi-3"]);
  });

  /** Things that may happen while it is looked what there is. */
  const typed = ({ offering }: Window) => offering.typed();
  const busy = ({ world }: Window) => {
    world.free = false;
  };
  const switched = ({ world }: Window) => {
    world.starter = false;
  };
  const toldElsewhere = ({ world }: Window) => {
    world.kept = { never: true };
  };
  const closed = ({ offering }: Window) => offering.dispose();

  test.each([
    ["typed", typed],
    ["was busy", busy],
  ])("not to who %s while it was looked what there is, but after it", async (_, happens) => {
    const all = window();
    const { world, offering, pass } = all;
    world.meanwhile = () => happens(all);
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toEqual([]);
    world.meanwhile = () => undefined;
    world.free = true;
    await pass(9 * secondMs);
    expect(world.asked).toEqual([]);
    await pass(secondMs);
    expect(world.asked).toEqual(["Phi-3"]);
  });

  test.each([
    ["switched to a better one", switched],
    ["was told in another window", toldElsewhere],
    ["closed the window", closed],
  ])("not at all to who %s meanwhile", async (_, happens) => {
    const all = window();
    all.world.meanwhile = () => happens(all);
    all.offering.worthShown();
    await all.pass(10 * secondMs);
    await all.pass(60 * secondMs);
    expect(all.world.asked).toEqual([]);
  });

  test("not to who has got a better one meanwhile, or had it before", async () => {
    const { world, offering, pass } = window();
    offering.worthShown();
    world.starter = false;
    await pass(10 * secondMs);
    offering.worthShown();
    world.starter = true;
    await pass(10 * secondMs);
    expect(world.asked).toEqual([]);
  });

  test("not where there is none that would run here, and then it does not count as told", async () => {
    const { world, offering, pass } = window();
    world.found = undefined;
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toEqual([]);
    world.found = "Phi-3";
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toEqual(["Phi-3"]);
  });

  test("again after a week at the earliest, where the person said not now", async () => {
    const { world, offering, pass } = window("notNow");
    offering.worthShown();
    await pass(10 * secondMs);
    await pass(7 * dayMs - 20 * secondMs);
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toHaveLength(1);
    await pass(20 * secondMs);
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toHaveLength(2);
    expect(world.got).toEqual([]);
  });

  test("never again, where the person said so", async () => {
    const { world, offering, pass } = window("never");
    offering.worthShown();
    await pass(10 * secondMs);
    await pass(365 * dayMs);
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toHaveLength(1);
  });

  test("whatever was kept that is not understood", async () => {
    const { world, offering, pass } = window("notNow", { toldMs: "yesterday", never: "yes" });
    offering.worthShown();
    await pass(10 * secondMs);
    expect(world.asked).toHaveLength(1);
  });

  test("no more once the window closes", async () => {
    const { world, offering, pass } = window();
    offering.worthShown();
    offering.dispose();
    await pass(10 * secondMs);
    expect(world.asked).toEqual([]);
  });
});
