import { tmpdir } from "node:os";
import path from "node:path";
import process from "node:process";
import { describe, expect, test } from "vitest";

import { probeInterpreter, readProbe } from "./probe";

const candidate = (command: string) => ({ source: "path" as const, command, args: [] });

describe("probing a program", () => {
  test("one that is not there is told so", async () => {
    const missing = path.join(tmpdir(), "no-such-folder", "python3");
    expect(await probeInterpreter(candidate(missing), tmpdir())).toEqual({
      kind: "notPython",
      detail: "there is no such file",
    });
  });

  test("one that is something else is no Python", async () => {
    const seen = await probeInterpreter(candidate(process.execPath), tmpdir());
    expect(seen.kind).toBe("notPython");
  });

  test("an answer is read as it stands", () => {
    const answer = {
      version: [3, 12, 4],
      bits: 64,
      implementation: "CPython",
      freeThreaded: false,
      executable: "/usr/bin/python3.12",
    };
    expect(readProbe(`${JSON.stringify(answer)}\n`)).toEqual({ kind: "python", ...answer });
  });

  test.each(["", "Python was not found", "[]", "null", '{"version": "3"}'])(
    "%j is not an answer",
    (output) => {
      expect(readProbe(output).kind).toBe("notPython");
    },
  );
});
