// Its other build loads its parts in a way that a bundler cannot follow.
import { type ParseError, parse, printParseErrorCode } from "jsonc-parser/lib/esm/main.js";

/**
 * Reads JSON with comments and trailing commas, as people and the editor write it.
 *
 * Throws a SyntaxError where it is something else.
 */
export function parseJsonc(text: string): unknown {
  const errors: ParseError[] = [];
  const value: unknown = parse(text.replace(/^\uFEFF/, ""), errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    throw new SyntaxError(`${printParseErrorCode(first.error)} at ${first.offset}`);
  }
  return value;
}
