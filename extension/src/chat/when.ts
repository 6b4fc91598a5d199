const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Says how long ago something was, or on which day once that is longer ago than a week. */
export function whenOf(thenMs: number, nowMs: number): string {
  const agoMs = Math.max(0, nowMs - thenMs);
  if (agoMs < minuteMs) {
    return "just now";
  }
  if (agoMs < hourMs) {
    return ago(Math.floor(agoMs / minuteMs), "minute");
  }
  if (agoMs < dayMs) {
    return ago(Math.floor(agoMs / hourMs), "hour");
  }
  if (agoMs < 7 * dayMs) {
    return ago(Math.floor(agoMs / dayMs), "day");
  }
  return new Date(thenMs).toLocaleDateString("en", {
    day: "numeric",
    month: "short",
    year: "numeric",
  });
}

const ago = (count: number, unit: string) => `${count} ${unit}${count === 1 ? "" : "s"} ago`;
