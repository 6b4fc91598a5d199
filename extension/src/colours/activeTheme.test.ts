import { expect, test } from "vitest";

import { activeTheme, type DeclaredTheme, type ThemeSettings } from "./activeTheme";

const themes: readonly DeclaredTheme[] = [
  { id: "Dark Modern", label: "Dunkel, modern", uiTheme: "vs-dark" },
  { id: "Light Modern", label: "Hell, modern", uiTheme: "vs" },
  { id: "Default High Contrast", label: "Dunkler Kontrast", uiTheme: "hc-black" },
  { id: "Default High Contrast Light", label: "Heller Kontrast", uiTheme: "hc-light" },
  { id: undefined, label: "Night Owl", uiTheme: "vs-dark" },
  { id: "stark", label: "Stark", uiTheme: "hc-black" },
];

const preferred = {
  vs: "Light Modern",
  "vs-dark": "Dark Modern",
  "hc-black": "Default High Contrast",
  "hc-light": "Default High Contrast Light",
};

const found = (seen: DeclaredTheme["uiTheme"], changed: Partial<ThemeSettings>) =>
  activeTheme(
    seen,
    {
      chosen: "Dark Modern",
      preferred,
      followsColorScheme: false,
      followsHighContrast: true,
      ...changed,
    },
    themes,
  )?.label;

test("the chosen theme is active", () => {
  expect(found("vs-dark", {})).toBe("Dunkel, modern");
  expect(found("vs-dark", { chosen: "Night Owl" })).toBe("Night Owl");
});

test("a theme is found by its label, and by the name it had before", () => {
  expect(found("hc-black", { chosen: "Stark" })).toBe("Stark");
  expect(found("vs-dark", { chosen: "Default Dark Modern" })).toBe("Dunkel, modern");
});

test("the preferred one is active where the window follows the system's colours", () => {
  const follows = { followsColorScheme: true, chosen: "Night Owl" };
  expect(found("vs-dark", follows)).toBe("Dunkel, modern");
  expect(found("vs", follows)).toBe("Hell, modern");
});

test("a dark theme that is preferred in light surroundings is found", () => {
  const follows = { followsColorScheme: true, preferred: { ...preferred, vs: "Night Owl" } };
  expect(found("vs-dark", { ...follows, preferred: { ...follows.preferred, "vs-dark": "" } })).toBe(
    "Night Owl",
  );
});

test("high contrast that the system asks for is the preferred one", () => {
  expect(found("hc-black", {})).toBe("Dunkler Kontrast");
  expect(found("hc-light", {})).toBe("Heller Kontrast");
  expect(found("hc-black", { followsColorScheme: true })).toBe("Dunkler Kontrast");
});

test("high contrast that was chosen by hand is that one", () => {
  expect(found("hc-black", { chosen: "stark" })).toBe("Stark");
});

test("nothing is found where what is seen was not chosen, or is not installed", () => {
  expect(found("vs", {})).toBeUndefined();
  expect(found("vs-dark", { chosen: "Removed" })).toBeUndefined();
  expect(found("hc-black", { followsHighContrast: false })).toBeUndefined();
});
