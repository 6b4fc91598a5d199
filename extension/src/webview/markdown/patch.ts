/**
 * Makes an element's children equal to new ones, leaving alone every node that is equal already.
 *
 * A selection, the focus and a screen reader's place in unchanged nodes stay where they are.
 */
export function patchChildren(element: Element, wanted: DocumentFragment | Element): void {
  let old = element.firstChild;
  let next = wanted.firstChild;
  while (next !== null) {
    const following = next.nextSibling;
    if (old === null) {
      element.append(next);
    } else {
      const after: ChildNode | null = old.nextSibling;
      patchNode(old, next);
      old = after;
    }
    next = following;
  }
  while (old !== null) {
    const after: ChildNode | null = old.nextSibling;
    old.remove();
    old = after;
  }
}

function patchNode(old: ChildNode, wanted: ChildNode): void {
  if (old instanceof Text && wanted instanceof Text) {
    patchText(old, wanted.data);
  } else if (old instanceof Element && wanted instanceof Element && isAlike(old, wanted)) {
    patchChildren(old, wanted);
  } else {
    old.replaceWith(wanted);
  }
}

function patchText(node: Text, data: string): void {
  if (data.startsWith(node.data)) {
    // Keeps a selection inside the text where it is.
    node.appendData(data.slice(node.data.length));
  } else {
    node.data = data;
  }
}

function isAlike(one: Element, other: Element): boolean {
  return (
    one.tagName === other.tagName &&
    one.attributes.length === other.attributes.length &&
    Array.from(one.attributes).every(({ name, value }) => other.getAttribute(name) === value)
  );
}
