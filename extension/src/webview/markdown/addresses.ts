const OPENABLE = new Set(["http:", "https:", "mailto:"]);

/**
 * Says which address a link may open.
 *
 * Only the web and mail: `command:`, `vscode:`, `file:`, `data:`, `javascript:` and addresses that
 * are relative to nothing are not links in an answer.
 */
export function openableAddress(href: string): string | undefined {
  // Nothing before the colon but letters: a browser would skip what hides in a scheme.
  if (!/^[a-z]+:/i.test(href) || !URL.canParse(href)) {
    return undefined;
  }
  const address = new URL(href);
  return OPENABLE.has(address.protocol) ? address.href : undefined;
}
