/** A rule that says how the tokens of a scope look; `foreground` is whatever the theme wrote. */
export interface TokenRule {
  readonly scope: string | string[];
  readonly settings: { readonly foreground?: string; readonly fontStyle?: string };
}

/** Keeps what is a rule for scopes; as in the editor, rules without a scope say nothing here. */
export function tokenRules(list: unknown): TokenRule[] {
  return Array.isArray(list) ? list.flatMap(tokenRule) : [];
}

function tokenRule(entry: unknown): TokenRule[] {
  const scope = scopeOf(field(entry, "scope"));
  const settings = field(entry, "settings");
  return scope === undefined || typeof settings !== "object" || settings === null
    ? []
    : [{ scope, settings: look(settings) }];
}

/** Takes what a rule says of colour and style out of its settings. */
export function look(settings: object): TokenRule["settings"] {
  const foreground = field(settings, "foreground");
  const fontStyle = field(settings, "fontStyle");
  return {
    ...(typeof foreground === "string" && { foreground }),
    ...(typeof fontStyle === "string" && { fontStyle }),
  };
}

/** Gives a field of what may be no object at all. */
export function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function scopeOf(value: unknown): string | string[] | undefined {
  if (typeof value === "string" && value.trim() !== "") {
    return value;
  }
  if (!Array.isArray(value)) {
    return undefined;
  }
  const scopes = value.filter((one) => typeof one === "string" && one.trim() !== "");
  return scopes.length > 0 ? scopes : undefined;
}
