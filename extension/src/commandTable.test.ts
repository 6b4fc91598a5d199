import { describe, expect, test } from "vitest";

import manifest from "../../package.json";
import { tooltipCommands } from "./accelerator/statusTooltip";
import { panelCommands } from "./chat/panel/panelMessages";
import { chatCommandNames, productCommandNames, unlistedCommands } from "./commandTable";

const declared = manifest.contributes.commands.map(({ command }) => command);
const registered: readonly string[] = [...chatCommandNames, ...productCommandNames];
/** What a key runs; several in a row are the arguments of one that the editor has for that. */
const run = manifest.contributes.keybindings.flatMap(
  ({ command, args }) => args?.commands ?? [command],
);
const undeclared = (names: readonly string[]) => names.filter((name) => !declared.includes(name));

describe("the commands", () => {
  test("that are declared are registered, each once, and no others", () => {
    expect([...registered].sort()).toEqual([...declared].sort());
  });

  test("stand below Phi in the palette", () => {
    const others = manifest.contributes.commands.filter(({ category }) => category !== "Phi");
    expect(others).toEqual([]);
  });

  test("of menus and keys are declared", () => {
    const inMenus = Object.values(manifest.contributes.menus)
      .flat()
      .flatMap((entry) => ("command" in entry ? [entry.command] : []));
    const onKeys = run.filter((command) => command.startsWith("phiSidecar."));
    expect(inMenus.length).toBeGreaterThan(0);
    expect(undeclared(inMenus)).toEqual([]);
    expect(new Set(undeclared(onKeys))).toEqual(new Set([unlistedCommands.dismiss]));
  });

  test("of the tooltip and the panel are declared", () => {
    expect(undeclared([...tooltipCommands, ...panelCommands])).toEqual([]);
  });
});
