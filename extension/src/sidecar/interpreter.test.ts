import { describe, expect, test } from "vitest";

import {
  type Candidate,
  findInterpreter,
  interpreterFailure,
  type Probe,
  problemOf,
  type Source,
} from "./interpreter";

const python = (version: [number, number, number], more: Partial<Probe> = {}): Probe =>
  ({
    kind: "python",
    version,
    bits: 64,
    implementation: "CPython",
    freeThreaded: false,
    executable: `/real/python${version.join(".")}`,
    ...more,
  }) as Probe;

const stub: Probe = { kind: "notPython", detail: "it ended with code 9009" };

/** Searches among commands, each with what running it would show. */
function search(found: [Source, string, Probe][]) {
  const probed: string[] = [];
  async function* all(): AsyncGenerator<Candidate> {
    for (const [source, command] of found) {
      yield { source, command, args: [] };
    }
  }
  const result = findInterpreter(all(), async ({ command }) => {
    probed.push(command);
    return found.find(([, name]) => name === command)?.[2] ?? stub;
  });
  return { result, probed };
}

describe("finding an interpreter", () => {
  test("takes the first that is suitable, and runs no further one", async () => {
    const { result, probed } = search([
      ["path", "old", python([3, 9, 2])],
      ["path", "good", python([3, 12, 1])],
      ["path", "never", python([3, 13, 0])],
    ]);
    expect(await result).toEqual({
      kind: "found",
      executable: "/real/python3.12.1",
      version: [3, 12, 1],
      source: "path",
    });
    expect(probed).toEqual(["old", "good"]);
  });

  test("does not pass over an unusable setting", async () => {
    const { result } = search([
      ["setting", "/my/python", python([3, 8, 0])],
      ["path", "good", python([3, 12, 1])],
    ]);
    const found = await result;
    expect(found).toEqual({
      kind: "settingUnusable",
      unsuitable: { command: "/my/python", problem: "is Python 3.8.0, which is too old" },
    });
  });

  test("tells which Pythons were found when none is suitable", async () => {
    const { result } = search([
      ["path", "stub", stub],
      ["path", "/usr/bin/python3", python([3, 9, 2])],
    ]);
    const found = await result;
    if (found.kind !== "noneSuitable") {
      throw new Error(found.kind);
    }
    const { reason, remedy } = interpreterFailure(found);
    expect(reason).toBe(
      "No suitable Python was found: /usr/bin/python3 is Python 3.9.2, which is too old.",
    );
    expect(remedy).toContain("3.11 to 3.14");
  });

  test("does not count the Windows Store's stub as a Python", async () => {
    const { result } = search([["path", "stub", stub]]);
    const found = await result;
    expect(found).toEqual({ kind: "none" });
    if (found.kind === "none") {
      expect(interpreterFailure(found).fixes).toEqual(["installPython", "openSettings"]);
    }
  });

  test("names what a setting that is no Python did", async () => {
    const { result } = search([
      ["setting", "/bin/cat", { kind: "notPython", detail: "it ended with code 1" }],
    ]);
    const found = await result;
    if (found.kind !== "settingUnusable") {
      throw new Error(found.kind);
    }
    expect(interpreterFailure(found).reason).toContain(
      "/bin/cat, does not run as a Python (it ended with code 1)",
    );
  });
});

describe("what makes a Python unsuitable", () => {
  test.each([
    [python([2, 7, 18]), "is Python 2.7.18, which is too old"],
    [python([3, 10, 14]), "is Python 3.10.14, which is too old"],
    [python([3, 15, 0]), "is Python 3.15.0, which is newer than the runtimes support"],
    [python([3, 12, 0], { bits: 32 }), "is Python 3.12.0, but a 32-bit one"],
    [python([3, 11, 0], { implementation: "PyPy" }), "is PyPy, not CPython"],
  ])("%o", (probe, problem) => {
    expect(problemOf(probe)).toBe(problem);
  });

  test("a free-threaded build", () => {
    expect(problemOf(python([3, 14, 0], { freeThreaded: true }))).toContain("free-threaded");
  });

  test.each([11, 12, 13, 14])("not Python 3.%i", (minor) => {
    expect(problemOf(python([3, minor, 0]))).toBeUndefined();
  });
});
