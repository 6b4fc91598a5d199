/** Says whether a value from outside has the shape of a type. */
export type Shape<T> = (value: unknown) => value is T;

export const flag: Shape<boolean> = (value) => typeof value === "boolean";

export const number: Shape<number> = (value): value is number => Number.isFinite(value);

/** A whole number from 0. */
export const count: Shape<number> = (value): value is number =>
  Number.isSafeInteger(value) && Number(value) >= 0;

/** At most so many UTF-16 units. */
export function text(longest = Number.POSITIVE_INFINITY): Shape<string> {
  return (value): value is string => typeof value === "string" && value.length <= longest;
}

export function oneOf<T extends string>(...values: readonly T[]): Shape<T> {
  return (value): value is T => values.some((one) => one === value);
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value): value is T | null => value === null || shape(value);
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value): value is T | undefined => value === undefined || shape(value);
}

export function list<T>(shape: Shape<T>): Shape<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(shape);
}

/** The shape of each field of an object; one that may be left out may be undefined. */
export type Fields<T> = {
  readonly [K in keyof T]-?: Pick<T, never> extends Pick<T, K>
    ? Shape<T[K] | undefined>
    : Shape<T[K]>;
};

/** An object with these fields; others are let through. */
export function fields<T extends object>(shapes: Fields<T>): Shape<T> {
  return (value): value is T => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return false;
    }
    const record = value as Record<string, unknown>;
    return Object.entries<Shape<unknown>>(shapes).every(
      // What an object inherits is not a field of it.
      ([name, shape]) => shape(Object.hasOwn(record, name) ? record[name] : undefined),
    );
  };
}

/** One of a union's members, told by its `kind`. */
export function kinds<T extends { readonly kind: string }>(
  shapes: {
    readonly [K in T["kind"]]: Shape<Omit<Extract<T, { readonly kind: K }>, "kind">>;
  },
): Shape<T> {
  return (value): value is T => {
    const { kind } = (value ?? {}) as { kind?: unknown };
    return (
      typeof kind === "string" &&
      Object.hasOwn(shapes, kind) &&
      (shapes as Record<string, Shape<unknown>>)[kind]?.(value) === true
    );
  };
}
