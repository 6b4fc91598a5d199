// Telling how far set-up has come: one line per step, moving on a terminal, plain in a log.
import process from "node:process";

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
const barWidth = 24;
const redrawMs = 100;

const seconds = (startedMs) => `${((Date.now() - startedMs) / 1000).toFixed(1)} s`;

function bar(fraction) {
  const filled = Math.round(Math.min(1, fraction) * barWidth);
  return `${"█".repeat(filled)}${"░".repeat(barWidth - filled)} ${Math.floor(fraction * 100)} %`;
}

/**
 * Runs `work` under a title and says how long it took.
 *
 * `work` gets a function that takes the fraction done, from 0 to 1, and what is being done.
 */
export async function step(title, work) {
  const startedMs = Date.now();
  const moving = process.stdout.isTTY === true && process.env.CI === undefined;
  let fraction;
  let detail = "";
  let frame = 0;
  const draw = () => {
    frame = (frame + 1) % frames.length;
    const done = fraction === undefined ? frames[frame] : bar(fraction);
    const line = `${title}  ${done}  ${seconds(startedMs)}  ${detail}`;
    process.stdout.write(`\r\x1b[2K${line.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  };
  const timer = moving ? setInterval(draw, redrawMs) : undefined;
  if (!moving) {
    process.stdout.write(`${title} …\n`);
  }
  let outcome = "failed after";
  try {
    const result = await work((newFraction, newDetail = "") => {
      fraction = newFraction;
      detail = newDetail;
    });
    outcome = "done in";
    return result;
  } finally {
    clearInterval(timer);
    process.stdout.write(
      `${moving ? "\r\x1b[2K" : ""}${title}: ${outcome} ${seconds(startedMs)}\n`,
    );
  }
}
