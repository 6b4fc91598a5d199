import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";

// On Windows a scanner or a reader may hold the target for a moment.
const heldCodes = ["EPERM", "EBUSY", "EACCES"];
const mostTries = 8;
const firstPauseMs = 10;
// A write takes no such time: what lies there longer was left by an editor that died.
const leftoverAgeMs = 3_600_000;
// A head is at most some hundred bytes.
const headBytes = 4_096;

/** A folder of small files that are written whole or not at all, for the user's eyes alone. */
export class KeptFiles {
  readonly #folder: string;
  readonly #sleep: (durationMs: number) => Promise<void>;

  constructor(folder: string, sleep: (durationMs: number) => Promise<void>) {
    this.#folder = folder;
    this.#sleep = sleep;
  }

  /** The names of the files with this ending. */
  async names(ending: string): Promise<string[]> {
    try {
      const names = await readdir(this.#folder);
      return names.filter((name) => name.endsWith(ending));
    } catch (error) {
      if (isMissing(error)) {
        return [];
      }
      throw error;
    }
  }

  /** A file's text; undefined where there is none. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.#path(name), "utf8");
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** A file's beginning; undefined where there is none. */
  async readBeginning(name: string): Promise<string | undefined> {
    try {
      const file = await open(this.#path(name), "r");
      try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
        return buffer.toString("utf8", 0, bytesRead);
      } finally {
        await file.close();
      }
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw error;
    }
  }

  /** Writes beside the file and renames into it: half of one is never seen. */
  async write(name: string, text: string): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const beside = this.#path(`${name}.${randomUUID()}.tmp`);
    try {
      const file = await open(beside, "wx", 0o600);
      try {
        await file.writeFile(text, "utf8");
        // Without it a power cut may leave the new name with nothing behind it.
        await file.datasync();
      } finally {
        await file.close();
      }
      await this.#rename(beside, this.#path(name));
    } catch (error) {
      await rm(beside, { force: true });
      throw error;
    }
  }

  async remove(name: string): Promise<void> {
    // Node's own retries are for whole folders only.
    await this.#untilFree(() => rm(this.#path(name), { force: true }));
  }

  /** Renames a damaged file, so that it is neither read again nor lost. */
  async putAside(name: string): Promise<void> {
    try {
      await this.#rename(this.#path(name), this.#path(`${name}.damaged-${randomUUID()}`));
    } catch (error) {
      if (!isMissing(error)) {
        throw error;
      }
    }
  }

  /** Removes what editors left that died while they wrote. */
  async removeLeftovers(nowMs: number): Promise<void> {
    for (const name of await this.names(".tmp")) {
      try {
        if (nowMs - (await stat(this.#path(name))).mtimeMs > leftoverAgeMs) {
          await rm(this.#path(name), { force: true });
        }
      } catch {
        // Another window was quicker, or holds it: the next start tries again.
      }
    }
  }

  #path(name: string): string {
    return path.join(this.#folder, name);
  }

  #rename(from: string, to: string): Promise<void> {
    return this.#untilFree(() => rename(from, to));
  }

  /** Tries on while another program holds the file. */
  async #untilFree(step: () => Promise<void>): Promise<void> {
    for (let tried = 1; ; tried++) {
      try {
        await step();
        return;
      } catch (error) {
        if (tried === mostTries || !heldCodes.includes(codeOf(error))) {
          throw error;
        }
        await this.#sleep(firstPauseMs * 2 ** (tried - 1));
      }
    }
  }
}

const isMissing = (error: unknown) => codeOf(error) === "ENOENT";

const codeOf = (error: unknown) => String((error as NodeJS.ErrnoException | null)?.code ?? "");
