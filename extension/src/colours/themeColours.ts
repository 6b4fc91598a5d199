import {
  ColorThemeKind,
  type ConfigurationChangeEvent,
  Disposable,
  extensions,
  Uri,
  window,
  workspace,
} from "vscode";

import { assertNever } from "../assertNever";
import type { TokenColours } from "../chat/panel/panelMessages";
import { activeTheme, type DeclaredTheme, settingsName, type UiTheme } from "./activeTheme";
import { customRules } from "./customizations";
import { readTokenRules } from "./themeFile";
import { field } from "./tokenRules";
import { tokenStyles } from "./tokenStyles";

// A change of theme comes as several events.
const SETTLED_AFTER_MS = 100;
const CUSTOMIZATIONS = "editor.tokenColorCustomizations";
const CHOSEN = "workbench.colorTheme";
const FOLLOWS_COLOR_SCHEME = "window.autoDetectColorScheme";
const FOLLOWS_HIGH_CONTRAST = "window.autoDetectHighContrast";
const PREFERRED: Readonly<Record<UiTheme, string>> = {
  vs: "workbench.preferredLightColorTheme",
  "vs-dark": "workbench.preferredDarkColorTheme",
  "hc-black": "workbench.preferredHighContrastColorTheme",
  "hc-light": "workbench.preferredHighContrastLightColorTheme",
};
const SETTINGS = [
  CUSTOMIZATIONS,
  CHOSEN,
  FOLLOWS_COLOR_SCHEME,
  FOLLOWS_HIGH_CONTRAST,
  ...Object.values(PREFERRED),
];

/** What the colours are told to. */
export interface ColourListener {
  /** Hears the colours of the active theme; null where they cannot be known. */
  tell(colours: TokenColours | null): void;
  /** Hears why they cannot be known. */
  failed(error: unknown): void;
}

/** Reads the token colours of the active theme, and again when they change. */
export class ThemeColours implements Disposable {
  readonly #listener: ColourListener;
  readonly #listening: Disposable;
  /** Undefined until somebody asks, so that starting the editor costs nothing. */
  #newest: Promise<TokenColours | null> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(listener: ColourListener) {
    this.#listener = listener;
    this.#listening = Disposable.from(
      window.onDidChangeActiveColorTheme(() => this.#changed()),
      extensions.onDidChange(() => this.#changed()),
      workspace.onDidChangeConfiguration((event) => {
        if (isAffected(event)) {
          this.#changed();
        }
      }),
    );
  }

  /** Tells the colours as soon as they are read, and from then on each time they change. */
  async tell(): Promise<void> {
    this.#newest ??= this.#read();
    const asked = this.#newest;
    const colours = await asked;
    // Overtaken by a change, which tells its own.
    if (asked === this.#newest) {
      this.#listener.tell(colours);
    }
  }

  dispose(): void {
    clearTimeout(this.#settling);
    this.#listening.dispose();
  }

  #changed(): void {
    if (this.#newest === undefined) {
      return;
    }
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      this.#newest = undefined;
      void this.tell();
    }, SETTLED_AFTER_MS);
  }

  async #read(): Promise<TokenColours | null> {
    try {
      return await readColours();
    } catch (error) {
      this.#listener.failed(error);
      return null;
    }
  }
}

async function readColours(): Promise<TokenColours | null> {
  const theme = activeTheme(uiThemeOf(window.activeColorTheme.kind), themeSettings(), declared());
  if (theme === undefined) {
    return null;
  }
  const own = await readTokenRules(theme.file, {
    read: async (file) => new TextDecoder().decode(await workspace.fs.readFile(file)),
    beside: (file, path) => Uri.joinPath(file, "..", path),
  });
  return tokenStyles([...own, ...customRules(setting(CUSTOMIZATIONS), settingsName(theme))]);
}

interface InstalledTheme extends DeclaredTheme {
  readonly file: Uri;
}

function declared(): InstalledTheme[] {
  return extensions.all.flatMap(({ extensionUri, packageJSON }) => {
    const themes = field(field(packageJSON, "contributes"), "themes");
    return Array.isArray(themes) ? themes.flatMap((theme) => installed(extensionUri, theme)) : [];
  });
}

function installed(extension: Uri, theme: unknown): InstalledTheme[] {
  const path = field(theme, "path");
  if (typeof path !== "string") {
    return [];
  }
  const uiTheme = field(theme, "uiTheme");
  return [
    {
      id: text(field(theme, "id")),
      label: text(field(theme, "label")) ?? path,
      // What the editor takes as well where a theme does not say.
      uiTheme: isUiTheme(uiTheme) ? uiTheme : "vs-dark",
      file: Uri.joinPath(extension, path),
    },
  ];
}

function themeSettings() {
  const preferred = (uiTheme: UiTheme) => text(setting(PREFERRED[uiTheme]));
  return {
    chosen: text(setting(CHOSEN)),
    preferred: {
      vs: preferred("vs"),
      "vs-dark": preferred("vs-dark"),
      "hc-black": preferred("hc-black"),
      "hc-light": preferred("hc-light"),
    },
    followsColorScheme: setting(FOLLOWS_COLOR_SCHEME) === true,
    followsHighContrast: setting(FOLLOWS_HIGH_CONTRAST) === true,
  };
}

function uiThemeOf(kind: ColorThemeKind): UiTheme {
  switch (kind) {
    case ColorThemeKind.Light:
      return "vs";
    case ColorThemeKind.Dark:
      return "vs-dark";
    case ColorThemeKind.HighContrast:
      return "hc-black";
    case ColorThemeKind.HighContrastLight:
      return "hc-light";
    default:
      return assertNever(kind);
  }
}

const isAffected = (event: ConfigurationChangeEvent) =>
  SETTINGS.some((key) => event.affectsConfiguration(key));

const isUiTheme = (value: unknown): value is UiTheme =>
  typeof value === "string" && Object.hasOwn(PREFERRED, value);

const setting = (key: string): unknown => workspace.getConfiguration().get(key);

const text = (value: unknown) => (typeof value === "string" ? value : undefined);
