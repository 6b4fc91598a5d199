import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { findInstallation, isFile } from "./installation";

let root: string;
const at = (...parts: string[]) => path.join(root, ...parts);

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), "phi-installation-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe("finding the sidecar", () => {
  test("a package carries it, and has no development environment", async () => {
    await mkdir(at("dist", "sidecar", "phi_sidecar"), { recursive: true });
    await mkdir(at("sidecar", "phi_sidecar"), { recursive: true });
    expect(await findInstallation(root, "/storage")).toEqual({
      sidecarFolder: at("dist", "sidecar"),
      pythonFolders: [path.join("/storage", "python")],
    });
  });

  test("a checkout has it beside its development environment", async () => {
    await mkdir(at("sidecar", "phi_sidecar"), { recursive: true });
    expect(await findInstallation(root, "/storage")).toEqual({
      sidecarFolder: at("sidecar"),
      pythonFolders: [at(".venv"), path.join("/storage", "python")],
    });
  });

  test("without either there is none", async () => {
    expect(await findInstallation(root, "/storage")).toBeUndefined();
  });
});

describe("what counts as a file", () => {
  test("a file does, a folder and nothing at all do not", async () => {
    await writeFile(at("python3"), "");
    expect(await isFile(at("python3"))).toBe(true);
    expect(await isFile(root)).toBe(false);
    expect(await isFile(at("missing"))).toBe(false);
  });

  test.skipIf(process.platform === "win32")(
    "a link that leads nowhere does, for the Windows Store's programs look like one",
    async () => {
      await symlink(at("missing"), at("python3"));
      expect(await isFile(at("python3"))).toBe(true);
    },
  );
});
