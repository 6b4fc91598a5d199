const language = "en";
const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "medium" });

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Says how long ago something was, or on which day once that is longer ago than a week. */
export function timeAgo(thenMs: number, nowMs: number): string {
  const passedMs = Math.max(0, nowMs - thenMs);
  if (passedMs < minuteMs) {
    return "now";
  }
  if (passedMs < hourMs) {
    return ago.format(-Math.floor(passedMs / minuteMs), "minute");
  }
  if (passedMs < dayMs) {
    return ago.format(-Math.floor(passedMs / hourMs), "hour");
  }
  return passedMs < 7 * dayMs
    ? ago.format(-Math.floor(passedMs / dayMs), "day")
    : day.format(thenMs);
}
