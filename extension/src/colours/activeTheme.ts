/** A theme's kind, in the words of the `uiTheme` that a theme declares. */
export type UiTheme = "vs" | "vs-dark" | "hc-black" | "hc-light";

/** The editor's settings that choose a theme, by what they are for. */
export interface ThemeSettings {
  readonly chosen: string | undefined;
  readonly preferred: Readonly<Record<UiTheme, string | undefined>>;
  readonly followsColorScheme: boolean;
  readonly followsHighContrast: boolean;
}

/** A theme as an extension declares it. */
export interface DeclaredTheme {
  readonly id: string | undefined;
  readonly label: string;
  readonly uiTheme: UiTheme;
}

/** Finds the theme that is active, by its settings and by the kind that is seen. */
export function activeTheme<Theme extends DeclaredTheme>(
  seen: UiTheme,
  settings: ThemeSettings,
  themes: readonly Theme[],
): Theme | undefined {
  return namesOf(seen, settings)
    .map((name) => named(name, themes))
    .find((theme) => theme?.uiTheme === seen);
}

/** The name that the settings know a theme by. */
export function settingsName({ id, label }: DeclaredTheme): string {
  return id || label;
}

// Nothing tells an extension whether the system asks for high contrast, or a person chose it.
function namesOf(seen: UiTheme, settings: ThemeSettings): string[] {
  const { chosen, preferred, followsColorScheme, followsHighContrast } = settings;
  const highContrast = seen === "hc-black" || seen === "hc-light";
  const bySystem = highContrast ? followsHighContrast : followsColorScheme;
  const byScheme = [preferred["vs-dark"], preferred.vs];
  const names = followsColorScheme
    ? [...(bySystem ? [preferred[seen]] : []), ...byScheme]
    : [chosen, ...(bySystem ? [preferred[seen]] : [])];
  return names.filter((name) => name !== undefined);
}

function named<Theme extends DeclaredTheme>(
  name: string,
  themes: readonly Theme[],
): Theme | undefined {
  // Settings may hold the names that the default themes had before, such as "Default Dark+".
  const wanted = [name, name.replace(/^Default /, "")];
  for (const one of wanted) {
    const found =
      themes.find((theme) => settingsName(theme) === one) ??
      themes.find(({ label }) => label === one);
    if (found !== undefined) {
      return found;
    }
  }
  return undefined;
}
