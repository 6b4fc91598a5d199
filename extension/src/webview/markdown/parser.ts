import MarkdownItParser, { type MarkdownIt, type StateBlock } from "markdown-it";

// Block quotes and lists inside each other are drawn up to this level. markdown-it would drop what
// lies deeper than its own limit of 100; here it is drawn as the text that it is.
const DEEPEST_LEVEL = 40;

/** Makes the parser of answers: CommonMark with tables and strikethrough; HTML is text. */
export function makeParser(): MarkdownIt {
  const parser = new MarkdownItParser("default", { html: false, linkify: false, breaks: false });
  // Every address is read, so that what may not be opened is still shown as the person would see it.
  parser.validateLink = () => true;
  parser.block.ruler.before("table", "too_deep", tooDeep);
  return parser;
}

/** Takes a line that lies too deep as a paragraph of its own. */
function tooDeep(state: StateBlock, startLine: number): boolean {
  if (state.level < DEEPEST_LEVEL) {
    return false;
  }
  const text = state.getLines(startLine, startLine + 1, state.blkIndent, false).trim();
  state.line = startLine + 1;
  state.push("paragraph_open", "p", 1).map = [startLine, state.line];
  const inline = state.push("inline", "", 0);
  inline.content = text;
  inline.children = [];
  state.push("paragraph_close", "p", -1);
  return true;
}
