import { describe, expect, test } from "vitest";

import type { Connected, Connection } from "./connection";
import { type SidecarState, Supervisor } from "./supervisor";

/** Lets everything happen that waits for nothing. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

class FakeSidecar {
  alive = true;
  closed = 0;
  readonly connection: Connection;
  #end: (how: string) => void = () => undefined;

  constructor() {
    this.connection = {
      request: () => Promise.reject(new Error("not asked here")),
      stream: () => Promise.reject(new Error("not asked here")),
      notify: () => Promise.resolve(),
      sendSettings: () => Promise.resolve(),
      trackProgress: () => ({ dispose: () => undefined }),
      ended: new Promise((resolve) => {
        this.#end = resolve;
      }),
      close: async () => {
        this.closed += 1;
        this.crash("ended with code 0");
      },
    };
  }

  crash(how = "was ended by SIGKILL"): void {
    this.alive = false;
    this.#end(how);
  }
}

/** A supervisor in a world where starts succeed when told to and time stands still. */
function world() {
  const states: SidecarState["kind"][] = [];
  const started: FakeSidecar[] = [];
  const sleeps: number[] = [];
  const clock = { nowMs: 0 };
  let starting = 0;
  let mostAtOnce = 0;
  let next: ((signal: AbortSignal) => Promise<Connected>) | undefined;
  const supervisor = new Supervisor({
    async connect(signal) {
      starting += 1;
      mostAtOnce = Math.max(mostAtOnce, starting + started.filter((one) => one.alive).length);
      try {
        const planned = next;
        next = undefined;
        if (planned !== undefined) {
          return await planned(signal);
        }
        await settle();
        const sidecar = new FakeSidecar();
        started.push(sidecar);
        return { kind: "connected", connection: sidecar.connection };
      } finally {
        starting -= 1;
      }
    },
    nowMs: () => clock.nowMs,
    async sleep(durationMs) {
      sleeps.push(durationMs);
    },
    changed: (state) => states.push(state.kind),
  });
  return {
    supervisor,
    states,
    started,
    sleeps,
    clock,
    mostAtOnce: () => mostAtOnce,
    nextStart: (how: (signal: AbortSignal) => Promise<Connected>) => {
      next = how;
    },
    last: () => started.at(-1) as FakeSidecar,
    alive: () => started.filter((one) => one.alive).length,
  };
}

async function eventually(condition: () => boolean): Promise<void> {
  for (let round = 0; round < 50 && !condition(); round++) {
    await settle();
  }
  expect(condition()).toBe(true);
}

describe("the supervisor", () => {
  test("tells the states of a start", async () => {
    const { supervisor, states } = world();
    await supervisor.restart();
    expect(states).toEqual(["starting", "running"]);
  });

  test("never has two sidecars, however often a restart is asked for", async () => {
    const { supervisor, alive, mostAtOnce } = world();
    await Promise.all([supervisor.restart(), supervisor.restart(), supervisor.restart()]);
    await supervisor.restart();
    expect(supervisor.state.kind).toBe("running");
    expect(alive()).toBe(1);
    expect(mostAtOnce()).toBe(1);
  });

  test("starts again after a crash", async () => {
    const { supervisor, started, last, states } = world();
    await supervisor.restart();
    last().crash();
    await eventually(() => started.length === 2 && supervisor.state.kind === "running");
    expect(states).toEqual(["starting", "running", "starting", "starting", "running"]);
  });

  test("gives up at the fourth crash within three minutes, and says how it ended", async () => {
    const { supervisor, started, last, sleeps } = world();
    await supervisor.restart();
    for (let crash = 1; crash <= 3; crash++) {
      last().crash();
      await eventually(() => started.length === crash + 1 && supervisor.state.kind === "running");
    }
    last().crash("ended with code 3");
    await eventually(() => supervisor.state.kind === "failed");
    expect(supervisor.state).toMatchObject({
      failure: {
        reason: expect.stringContaining("ended with code 3"),
        fixes: ["restart", "showLog"],
      },
    });
    expect(sleeps).toEqual([0, 1000, 3000]);
    expect(started).toHaveLength(4);
  });

  test("keeps restarting one that crashes seldom", async () => {
    const { supervisor, started, last, clock } = world();
    await supervisor.restart();
    for (let crash = 1; crash <= 8; crash++) {
      clock.nowMs += 2 * 60_000;
      last().crash();
      await eventually(() => started.length === crash + 1 && supervisor.state.kind === "running");
    }
  });

  test("forgets earlier crashes when the person restarts it", async () => {
    const { supervisor, started, last } = world();
    await supervisor.restart();
    for (let crash = 1; crash <= 4; crash++) {
      last().crash();
      await eventually(() =>
        crash < 4 ? started.length === crash + 1 : supervisor.state.kind === "failed",
      );
      await eventually(() => crash === 4 || supervisor.state.kind === "running");
    }
    await supervisor.restart();
    last().crash();
    await eventually(() => started.length === 6 && supervisor.state.kind === "running");
  });

  test("counts a start that fails as a crash, and tries again", async () => {
    const { supervisor, nextStart, sleeps } = world();
    nextStart(async () => ({ kind: "crashed", how: "ended with code 1" }));
    await supervisor.restart();
    expect(supervisor.state.kind).toBe("running");
    expect(sleeps).toEqual([0]);
  });

  test("does not try again what cannot succeed", async () => {
    const { supervisor, nextStart, started } = world();
    const failure = { reason: "No Python.", remedy: "Install one.", fixes: [] };
    nextStart(async () => ({ kind: "impossible", failure }));
    await supervisor.restart();
    expect(supervisor.state).toEqual({ kind: "failed", failure });
    expect(started).toHaveLength(0);
  });

  test("breaks off a start that hangs when a restart is asked for", async () => {
    const { supervisor, nextStart } = world();
    nextStart(
      (signal) =>
        new Promise((resolve) => {
          signal.addEventListener("abort", () =>
            resolve({ kind: "crashed", how: "was broken off" }),
          );
        }),
    );
    void supervisor.restart();
    await settle();
    expect(supervisor.state.kind).toBe("starting");
    await supervisor.restart();
    expect(supervisor.state.kind).toBe("running");
  });

  test("ends a sidecar that came up after it was no longer wanted", async () => {
    const { supervisor, nextStart } = world();
    const late = new FakeSidecar();
    let comeUp: () => void = () => undefined;
    nextStart(
      () =>
        new Promise((resolve) => {
          comeUp = () => resolve({ kind: "connected", connection: late.connection });
        }),
    );
    void supervisor.restart();
    await settle();
    const stopped = supervisor.stop();
    comeUp();
    await stopped;
    expect(late.alive).toBe(false);
    expect(supervisor.state.kind).toBe("stopped");
  });

  test("stops for good: the end that it asked for is no crash", async () => {
    const { supervisor, alive, started } = world();
    await supervisor.restart();
    await supervisor.stop();
    await settle();
    expect(supervisor.state.kind).toBe("stopped");
    expect(alive()).toBe(0);
    expect(started).toHaveLength(1);
  });
});
