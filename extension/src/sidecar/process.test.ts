import { tmpdir } from "node:os";
import process from "node:process";
import { expect, test } from "vitest";

import { startProcess } from "./process";

const plan = (code: string) => ({
  command: process.execPath,
  args: ["-e", code],
  env: process.env,
  cwd: tmpdir(),
});

test("tells the code that a process ended with", async () => {
  expect(await startProcess(plan("process.exit(3)")).ended).toBe("ended with code 3");
});

test("ends one that would go on", async () => {
  const sidecar = startProcess(plan("setInterval(() => {}, 1000)"));
  sidecar.kill();
  expect(await sidecar.ended).toMatch(/^(was ended by SIGKILL|ended with code 1)$/);
});

test("one that cannot be started has ended", async () => {
  const missing = startProcess({ ...plan(""), command: "/no/such/python" });
  expect(await missing.ended).toMatch(/^could not be started \(.*ENOENT/);
});
