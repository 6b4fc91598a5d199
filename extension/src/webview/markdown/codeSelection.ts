import { namedCharacter } from "./visibleCharacters";

/**
 * Gives the exact code of a selection in a code block, marks turned back into what they stand for.
 *
 * Gives nothing where the selection does not lie in this code alone.
 */
export function selectedCode(code: Element, selection: Selection | null): string | undefined {
  if (selection === null || selection.isCollapsed || selection.rangeCount === 0) {
    return undefined;
  }
  const range = selection.getRangeAt(0);
  const area = code.parentElement;
  if (area === null || !area.contains(range.commonAncestorContainer)) {
    return undefined;
  }
  const nodes = range.cloneContents();
  for (const mark of nodes.querySelectorAll(".phi-hidden-character")) {
    mark.replaceWith(namedCharacter(mark.textContent ?? "") ?? mark.textContent ?? "");
  }
  const text = nodes.textContent ?? "";
  // The break behind the block's last line belongs to the page, not to the code.
  return range.endContainer === area || range.endContainer === code
    ? text.replace(/\n$/, "")
    : text;
}
