/** Writes a decode speed as a short figure: one digit more below ten, where it counts. */
export function speedFigure(tokensPerSecond: number): string {
  // 9.96 would round to 10.0, which is wider than the 10 that comes after it.
  return tokensPerSecond < 9.95 ? tokensPerSecond.toFixed(1) : `${Math.round(tokensPerSecond)}`;
}
