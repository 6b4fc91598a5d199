// A short animation of what happens in a window, for the README.
import type { CDPSession, Page } from "@playwright/test";
import sharp from "sharp";

/** What a reader needs to see where it ends before it begins again. */
const LAST_FRAME_MS = 2_500;
/** About twelve pictures a second: enough to read along, and half the bytes of twice as many. */
const SHORTEST_FRAME_MS = 80;
/** Pauses, such as a model being loaded, say nothing after this. */
const LONGEST_FRAME_MS = 1_200;
const WIDTH = 1120;

interface Frame {
  readonly image: Buffer;
  readonly atMs: number;
}

/** Gathers the frames that the browser itself draws, each when something has changed. */
export class Film {
  readonly #frames: Frame[] = [];

  private constructor(private readonly session: CDPSession) {
    session.on("Page.screencastFrame", ({ data, metadata, sessionId }) => {
      this.#frames.push({
        image: Buffer.from(data, "base64"),
        atMs: (metadata.timestamp ?? 0) * 1000,
      });
      // The film may be over by the time that this arrives.
      session.send("Page.screencastFrameAck", { sessionId }).catch(() => undefined);
    });
  }

  static async of(page: Page): Promise<Film> {
    const session = await page.context().newCDPSession(page);
    const film = new Film(session);
    await session.send("Page.startScreencast", { format: "png", everyNthFrame: 1 });
    return film;
  }

  /** Ends the film and writes it as an animated WebP. */
  async save(file: string): Promise<void> {
    await this.session.send("Page.stopScreencast");
    await this.session.detach();
    const frames = withoutHaste(this.#frames);
    const delay = frames.map(({ atMs }, index) => {
      const next = frames[index + 1];
      return next === undefined
        ? LAST_FRAME_MS
        : Math.min(Math.round(next.atMs - atMs), LONGEST_FRAME_MS);
    });
    const images = await Promise.all(
      frames.map(({ image }) => sharp(image).resize({ width: WIDTH }).png().toBuffer()),
    );
    await sharp(images, { join: { animated: true } })
      .webp({ delay, loop: 0, quality: 70, effort: 4 })
      .toFile(file);
  }
}

/** Leaves out frames that were on the screen for too short a time to be seen; the last one stays. */
function withoutHaste(frames: readonly Frame[]): Frame[] {
  const kept: Frame[] = [];
  for (const frame of frames) {
    const before = kept.at(-1);
    if (before !== undefined && frame.atMs - before.atMs < SHORTEST_FRAME_MS) {
      // It took the place of the one before almost at once.
      kept[kept.length - 1] = { image: frame.image, atMs: before.atMs };
    } else {
      kept.push(frame);
    }
  }
  return kept;
}
