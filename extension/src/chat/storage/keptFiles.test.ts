import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { KeptFiles } from "./keptFiles";

const disk = vi.hoisted(() => ({ heldFor: 0, code: "EBUSY" }));

// No other program can be made to hold a file for so many tries, and on Linux none at all.
vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  const held =
    <A extends unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      if (disk.heldFor > 0) {
        disk.heldFor -= 1;
        throw Object.assign(new Error("held"), { code: disk.code });
      }
      return call(...args);
    };
  return { ...real, rename: held(real.rename), rm: held(real.rm) };
});

let folder: string;
let pausesMs: number[];
let files: KeptFiles;

beforeEach(async () => {
  disk.heldFor = 0;
  disk.code = "EBUSY";
  folder = await mkdtemp(path.join(tmpdir(), "phi-files-"));
  pausesMs = [];
  files = new KeptFiles(folder, async (durationMs) => {
    pausesMs.push(durationMs);
  });
});

afterEach(async () => {
  disk.heldFor = 0;
  await rm(folder, { recursive: true, force: true });
});

test.each(["EPERM", "EBUSY", "EACCES"])(
  "a file that is held (%s) is replaced once it is free",
  async (code) => {
    await files.write("a.json", "old");
    Object.assign(disk, { heldFor: 3, code });
    await files.write("a.json", "new");
    expect(await files.read("a.json")).toBe("new");
    expect(pausesMs).toEqual([10, 20, 40]);
  },
);

test("a file that is held is removed once it is free", async () => {
  await files.write("a.json", "x");
  disk.heldFor = 3;
  await files.remove("a.json");
  expect(await readdir(folder)).toEqual([]);
  expect(pausesMs).toEqual([10, 20, 40]);
});

test("a file that stays held is told of in the end", async () => {
  await files.write("a.json", "x");
  disk.heldFor = 8;
  await expect(files.remove("a.json")).rejects.toMatchObject({ code: "EBUSY" });
  expect(await files.read("a.json")).toBe("x");
});

test("what waiting does not help is told of at once", async () => {
  await files.write("a.json", "x");
  Object.assign(disk, { heldFor: 1, code: "EIO" });
  await expect(files.remove("a.json")).rejects.toMatchObject({ code: "EIO" });
  expect(pausesMs).toEqual([]);
});
