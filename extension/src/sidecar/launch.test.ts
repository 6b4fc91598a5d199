import { expect, test } from "vitest";

import { launchPlan } from "./launch";

const plan = launchPlan({
  executable: "/usr/bin/python3.12",
  sidecarFolder: "/extension/dist/sidecar",
  workingFolder: "/data",
  logLevel: "debug",
  environment: { PATH: "/usr/bin", PYTHONHOME: "/elsewhere", PythonPath: "/workspace", LANG: "C" },
});

test("the sidecar is run as a module, from a folder that is not the workspace", () => {
  expect(plan).toMatchObject({
    command: "/usr/bin/python3.12",
    args: ["-m", "phi_sidecar", "serve"],
    cwd: "/data",
  });
});

test("nothing but the sidecar's folder is added to what Python imports from", () => {
  expect(plan.env).toEqual({
    PATH: "/usr/bin",
    LANG: "C",
    PYTHONPATH: "/extension/dist/sidecar",
    PYTHONUTF8: "1",
    PYTHONNOUSERSITE: "1",
    PYTHONSAFEPATH: "1",
    PHI_SIDECAR_LOG_LEVEL: "debug",
  });
});
