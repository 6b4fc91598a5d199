import { describe, expect, test } from "vitest";

import { candidates, type Machine, type Places } from "./candidates";

/** Lists the candidates on a machine with these files. */
async function listed(
  machine: Pick<Machine, "platform" | "searchPath"> & { files: string[] },
  places: Partial<Places> = {},
): Promise<string[]> {
  const all = candidates(
    { ...machine, isFile: async (file) => machine.files.includes(file) },
    { setting: "", product: [], pythonExtension: async () => undefined, ...places },
  );
  const lines = [];
  for await (const { source, command, args } of all) {
    lines.push([source, command, ...args].join(" "));
  }
  return lines;
}

const linux = {
  platform: "linux" as const,
  searchPath: "/usr/local/bin:/usr/bin:tools:",
  files: ["/usr/bin/python3.11", "/usr/bin/python3", "/usr/local/bin/python3.13", "tools/python3"],
};

const windows = {
  platform: "win32" as const,
  searchPath: String.raw`C:\Store;"C:\Program Files\Python312";.;C:\Windows`,
  files: [
    String.raw`C:\Store\python.exe`,
    String.raw`C:\Program Files\Python312\python.exe`,
    String.raw`C:\Windows\py.exe`,
    "python.exe",
  ],
};

describe("candidates for the interpreter", () => {
  test("on Linux newer versions come first, and relative folders of PATH are left out", async () => {
    expect(await listed(linux)).toEqual([
      "path /usr/local/bin/python3.13",
      "path /usr/bin/python3.11",
      "path /usr/bin/python3",
    ]);
  });

  test("on Windows the launcher comes after PATH, and the current folder is never looked in", async () => {
    expect(await listed(windows)).toEqual([
      String.raw`path C:\Store\python.exe`,
      String.raw`path C:\Program Files\Python312\python.exe`,
      String.raw`path C:\Windows\py.exe -3`,
    ]);
  });

  test("the product's own comes before PATH", async () => {
    const files = [...linux.files, "/data/python/bin/python3"];
    const found = await listed(
      { ...linux, files },
      { product: ["/checkout/.venv", "/data/python"] },
    );
    expect(found[0]).toBe("product /data/python/bin/python3");
  });

  test("the Python extension is asked last", async () => {
    const found = await listed(linux, { pythonExtension: async () => "/env/bin/python" });
    expect(found.at(-1)).toBe("pythonExtension /env/bin/python");
  });

  test("a setting is the only candidate, there or not", async () => {
    expect(await listed(linux, { setting: "/opt/python" })).toEqual(["setting /opt/python"]);
  });

  test("a bare name in the setting is looked up on PATH", async () => {
    expect(await listed(linux, { setting: "python3.11" })).toEqual(["setting /usr/bin/python3.11"]);
    expect(await listed(windows, { setting: "python.exe" })).toEqual([
      String.raw`setting C:\Store\python.exe`,
    ]);
  });
});
