import { describe, expect, test } from "vitest";

import { chatCommandNames, productCommandNames } from "../commandTable";
import type { Status } from "../generated/protocol";
import type { Connection } from "../sidecar/connection";
import { menuEntries } from "./menuEntries";
import type { StatusInput } from "./statusInput";

const ready: Status = {
  phase: "ready",
  accelerator: "openvino-genai/CPU",
  acceleratorName: "CPU (OpenVINO)",
};
const input = (more: Partial<StatusInput> = {}): StatusInput => ({
  sidecar: { kind: "running", connection: {} as Connection },
  status: ready,
  completions: { kind: "on", languageId: "python" },
  ...more,
});
const unavailable = input({
  status: { ...ready, phase: "unavailable", reason: "The disk is full.", remedy: "Free 300 MB." },
});
const failed = input({
  sidecar: {
    kind: "failed",
    failure: { reason: "No Python was found.", remedy: "Install one.", fixes: [] },
  },
  status: undefined,
});
const inputs = [
  input(),
  unavailable,
  failed,
  input({ sidecar: { kind: "stopped" }, status: undefined }),
  input({ completions: { kind: "on", languageId: undefined } }),
  input({ completions: { kind: "off" } }),
  input({ completions: { kind: "offForLanguage", languageId: "markdown" } }),
  input({ completions: { kind: "snoozed", until: "14:05" } }),
];

const actions = (of: StatusInput) =>
  menuEntries(of).flatMap((entry) => (entry.kind === "action" ? [entry] : []));
const commandsOf = (of: StatusInput) => actions(of).map(({ command }) => command);

describe("the menu", () => {
  test("leads to the chat, completions, why there was none, accelerators, models, runtimes, the report, the log and the settings", () => {
    expect(commandsOf(input())).toEqual([
      "phiSidecar.openChat",
      "phiSidecar.newChat",
      "phiSidecar.snoozeCompletions",
      "phiSidecar.toggleCompletions",
      "phiSidecar.toggleCompletionsForLanguage",
      "phiSidecar.explainCompletion",
      "phiSidecar.switchAccelerator",
      "phiSidecar.measureAccelerators",
      "phiSidecar.chooseModel",
      "phiSidecar.manageRuntimes",
      "phiSidecar.showReport",
      "phiSidecar.restart",
      "phiSidecar.showLog",
      "phiSidecar.openSettings",
    ]);
  });

  test("says which accelerator is the one of now", () => {
    const [row] = actions(input()).filter(({ command }) => command.endsWith("switchAccelerator"));
    expect(row?.description).toBe("now CPU (OpenVINO)");
  });

  test("says which model is the one of now", () => {
    const model = { id: "mine", name: "$(bug)", quantization: "int4", starter: false };
    const rows = actions(input({ status: { ...ready, model } }));
    const row = rows.find(({ command }) => command.endsWith("chooseModel"));
    expect(row?.description).toBe("now \\$(bug), int4");
  });

  test("begins with what is wrong, then another try, where no model answers", () => {
    expect(actions(unavailable).slice(0, 2)).toEqual([
      {
        kind: "action",
        icon: "warning",
        label: "The disk is full.",
        detail: "Free 300 MB.",
        command: "phiSidecar.showLog",
      },
      { kind: "action", icon: "refresh", label: "Try again", command: "phiSidecar.tryAgain" },
    ]);
  });

  test("begins with what is wrong, then a restart, where there is no sidecar", () => {
    expect(commandsOf(failed).slice(0, 2)).toEqual(["phiSidecar.showLog", "phiSidecar.restart"]);
    expect(actions(failed)[0]?.detail).toBe("Install one.");
  });

  test("offers nothing that needs a sidecar where there is none", () => {
    for (const command of [
      "switchAccelerator",
      "chooseModel",
      "manageRuntimes",
      "showReport",
      "explainCompletion",
    ]) {
      expect(commandsOf(failed)).not.toContain(`phiSidecar.${command}`);
    }
  });

  test("ends a snooze that is under way, and says until when it lasts", () => {
    const snoozed = input({ completions: { kind: "snoozed", until: "14:05" } });
    expect(actions(snoozed)).toContainEqual({
      kind: "action",
      icon: "bell",
      label: "End snooze",
      description: "snoozed until 14:05",
      command: "phiSidecar.endSnooze",
    });
    expect(commandsOf(snoozed)).not.toContain("phiSidecar.snoozeCompletions");
  });

  test("names each command once, and only those there are", () => {
    const known: readonly string[] = [...chatCommandNames, ...productCommandNames];
    for (const each of inputs) {
      const commands = actions(each)
        .filter(({ icon }) => icon !== "warning")
        .map(({ command }) => command);
      expect(new Set(commands).size).toBe(commands.length);
      expect(commands.filter((command) => !known.includes(command))).toEqual([]);
    }
  });

  test("has no heading without anything below it", () => {
    for (const each of inputs) {
      const kinds = menuEntries(each).map(({ kind }) => kind);
      expect(kinds.join(" ")).not.toMatch(/separator separator|separator$/);
    }
  });
});
