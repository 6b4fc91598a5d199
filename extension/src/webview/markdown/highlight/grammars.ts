import { createShikiPrimitive, type ShikiPrimitive } from "@shikijs/core";
import { EncodedTokenMetadata, type IGrammar, type StateStack } from "@shikijs/core/textmate";
import { createJavaScriptRegexEngine } from "@shikijs/engine-javascript";

import type { Language } from "./languageTable";
import { kindOfColour, kindTheme, type TokenKind } from "./tokenKinds";

// Longer lines are data more often than code, and their time is not worth their colours.
const LONGEST_LINE = 2_000;
// A line may take so long in one go. The first lines of a language take much longer, because its
// patterns are compiled when they are first tried; compiled ones are kept, so trying again helps.
const LINE_LIMIT_MS = 20;

/** A stretch of a line. */
export interface CodeToken {
  readonly text: string;
  readonly kind: TokenKind | undefined;
}

/** What the end of a line says about the next; null before the first. */
export type LineState = StateStack | null;

/** The tokens of a line, and the state at its end. */
export interface TokenizedLine {
  readonly tokens: readonly CodeToken[];
  readonly state: LineState;
}

/** A loaded language. */
export class Grammar {
  readonly #grammar: IGrammar;
  readonly #kinds: readonly (TokenKind | undefined)[];

  constructor(grammar: IGrammar, colours: readonly string[]) {
    this.#grammar = grammar;
    this.#kinds = colours.map(kindOfColour);
  }

  /** Tokenizes a line; gives nothing where it took too long and should be tried again. */
  tokenize(line: string, before: LineState): TokenizedLine | undefined {
    if (line.length > LONGEST_LINE) {
      return plainLine(line, before);
    }
    const { tokens, ruleStack, stoppedEarly } = this.#grammar.tokenizeLine2(
      line,
      before,
      LINE_LIMIT_MS,
    );
    if (stoppedEarly) {
      return undefined;
    }
    const found: CodeToken[] = [];
    for (let index = 0; index < tokens.length; index += 2) {
      const text = line.slice(tokens[index], tokens[index + 2] ?? line.length);
      const kind = this.#kinds[EncodedTokenMetadata.getForeground(tokens[index + 1] ?? 0)];
      const last = found.at(-1);
      if (last !== undefined && last.kind === kind) {
        found[found.length - 1] = { text: last.text + text, kind };
      } else {
        found.push({ text, kind });
      }
    }
    return { tokens: found, state: ruleStack };
  }
}

/** A line without colours, which changes nothing for the next. */
export function plainLine(line: string, before: LineState): TokenizedLine {
  return { tokens: [{ text: line, kind: undefined }], state: before };
}

/** The languages that were loaded; each is loaded once, when it is asked for. */
export class Grammars {
  readonly #shiki: ShikiPrimitive = createShikiPrimitive({
    themes: [kindTheme],
    langs: [],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  readonly #loading = new Map<string, Promise<Grammar | undefined>>();

  /** Loads a language; gives nothing where that fails, and the code stays plain. */
  load(language: Language): Promise<Grammar | undefined> {
    let loading = this.#loading.get(language.id);
    if (loading === undefined) {
      loading = this.#load(language).catch(() => undefined);
      this.#loading.set(language.id, loading);
    }
    return loading;
  }

  async #load(language: Language): Promise<Grammar> {
    const { default: registrations } = await language.load();
    this.#shiki.loadLanguageSync(registrations);
    const { colorMap } = this.#shiki.setTheme(kindTheme.name ?? "");
    return new Grammar(this.#shiki.getLanguage(language.id), colorMap);
  }
}
