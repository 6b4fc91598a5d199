const OPENING = /^( {0,3})(?:(`{3,})([^`]*)|(~{3,})(.*))$/;

/** What came of a fenced code block. */
export interface FencedCode {
  readonly info: string;
  readonly code: string;
  readonly closed: boolean;
  /** What stands behind the closed block. */
  readonly rest: string;
}

/**
 * A fenced code block that is still open, read line by line as markdown-it does.
 *
 * Its lines are not parsed again with every update, however long it gets.
 */
export class OpenFence {
  readonly #info: string;
  readonly #indent: number;
  readonly #closing: RegExp;
  readonly #closingBegun: RegExp;
  #code = "";
  /** The line under way. */
  #line = "";
  #closed = false;

  private constructor({ info, indent, fence }: { info: string; indent: number; fence: string }) {
    this.#info = info;
    this.#indent = indent;
    const marker = fence.charAt(0);
    this.#closing = new RegExp(`^ {0,3}${marker}{${fence.length},}[ \\t]*$`);
    this.#closingBegun = new RegExp(`^ {0,3}${marker}+[ \\t]*$`);
  }

  /** Opens the block that a text begins with, if it begins with a whole opening line. */
  static open(text: string): { fence: OpenFence; rest: string } | undefined {
    const end = text.indexOf("\n");
    const match = end < 0 ? null : OPENING.exec(text.slice(0, end));
    if (match === null) {
      return undefined;
    }
    const fence = match[2] ?? match[4] ?? "";
    const info = (match[3] ?? match[5] ?? "").trim();
    const indent = match[1]?.length ?? 0;
    return { fence: new OpenFence({ info, indent, fence }), rest: text.slice(end + 1) };
  }

  /** Reads on. */
  read(text: string): FencedCode {
    let rest = this.#line + text;
    const added: string[] = [];
    while (!this.#closed) {
      const end = rest.indexOf("\n");
      if (end < 0) {
        break;
      }
      this.#readLine(rest.slice(0, end), added);
      rest = rest.slice(end + 1);
    }
    this.#code += added.join("");
    this.#line = this.#closed ? "" : rest;
    return {
      info: this.#info,
      code: this.#shownCode(this.#line, { final: false }),
      closed: this.#closed,
      rest: this.#closed ? rest : "",
    };
  }

  /** The block as it is if nothing comes any more; it can be read on nevertheless. */
  ended(): Pick<FencedCode, "info" | "code"> {
    const line = this.#closing.test(this.#line) ? "" : this.#line;
    return { info: this.#info, code: this.#shownCode(line, { final: true }) };
  }

  #readLine(line: string, added: string[]): void {
    if (this.#closing.test(line)) {
      this.#closed = true;
    } else {
      added.push(this.#outdented(line), "\n");
    }
  }

  #shownCode(line: string, { final }: { readonly final: boolean }): string {
    // What may become the closing line is not shown as code in the meantime; and markdown-it knows
    // no last line of nothing but spaces.
    const withheld = /^[ \t]*$/.test(line) || (!final && this.#closingBegun.test(line));
    const shown = withheld ? "" : this.#outdented(line);
    return shown === "" && this.#code.endsWith("\n") ? this.#code.slice(0, -1) : this.#code + shown;
  }

  /** Takes off as much indentation as the opening line has. */
  #outdented(line: string): string {
    let columns = 0;
    let at = 0;
    while (columns < this.#indent && (line[at] === " " || line[at] === "\t")) {
      columns += line[at] === "\t" ? 4 - (columns % 4) : 1;
      at += 1;
    }
    return " ".repeat(Math.max(0, columns - this.#indent)) + line.slice(at);
  }
}
