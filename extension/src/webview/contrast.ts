/** A colour without transparency: red, green and blue from 0 to 255. */
export type Rgb = readonly [red: number, green: number, blue: number];

/** A colour and its opacity from 0 to 1. */
export interface Paint {
  readonly rgb: Rgb;
  readonly alpha: number;
}

/** Reads a hexadecimal colour of 3, 4, 6 or 8 digits. */
export function readHex(text: string): Paint | undefined {
  if (!/^#(?:[\da-f]{3,4}|[\da-f]{6}|[\da-f]{8})$/i.test(text)) {
    return undefined;
  }
  const digits = text.slice(1);
  const long = digits.length > 4 ? digits : digits.replace(/./g, "$&$&");
  const [red = 0, green = 0, blue = 0, alpha = 255] = (long.match(/../g) ?? []).map((byte) =>
    Number.parseInt(byte, 16),
  );
  return { rgb: [red, green, blue], alpha: alpha / 255 };
}

/** Writes a colour as `#rrggbb`. */
export function writeHex(rgb: Rgb): string {
  const bytes = rgb.map((value) => Math.round(value).toString(16).padStart(2, "0"));
  return `#${bytes.join("")}`;
}

/** Reads a colour as the editor writes its theme variables: hexadecimal, or `rgb` and `rgba`. */
export function readColour(text: string): Paint | undefined {
  const parts = /^rgba?\(([\d.]+), ?([\d.]+), ?([\d.]+)(?:, ?([\d.]+))?\)$/.exec(text.trim());
  if (parts === null) {
    return readHex(text.trim());
  }
  const [, red, green, blue, alpha = "1"] = parts;
  return { rgb: [Number(red), Number(green), Number(blue)], alpha: Number(alpha) };
}

/** Mixes paint into what is below it. */
export function over({ rgb, alpha }: Paint, below: Rgb): Rgb {
  const mixed = (index: 0 | 1 | 2) => rgb[index] * alpha + below[index] * (1 - alpha);
  return [mixed(0), mixed(1), mixed(2)];
}

/** The contrast of two colours as WCAG 2 defines it, from 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

/** Moves a colour away from its background, as little as gives it the contrast; as it is if none does. */
export function strengthened(colour: Rgb, background: Rgb, least: number): Rgb {
  const end = luminance(colour) > luminance(background) ? 255 : 0;
  for (let alpha = 0; alpha <= 1; alpha += 1 / 64) {
    const mixed = over({ rgb: [end, end, end], alpha }, colour);
    const whole: Rgb = [Math.round(mixed[0]), Math.round(mixed[1]), Math.round(mixed[2])];
    if (contrast(whole, background) >= least) {
      return whole;
    }
  }
  return colour;
}

function luminance(rgb: Rgb): number {
  const [red = 0, green = 0, blue = 0] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
