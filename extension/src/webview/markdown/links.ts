/**
 * Makes an answer's links ask instead of lead anywhere.
 *
 * No click of any button, no key and no drag reaches the browser or the editor's own handling of
 * links.
 */
export function keepLinks(container: HTMLElement, openLink: (href: string) => void): void {
  const stop = (event: Event): HTMLAnchorElement | undefined => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    if (!(link instanceof HTMLAnchorElement)) {
      return undefined;
    }
    event.preventDefault();
    event.stopPropagation();
    return link;
  };
  container.addEventListener("click", (event) => {
    const link = stop(event);
    if (link !== undefined) {
      openLink(link.href);
    }
  });
  container.addEventListener("auxclick", (event) => {
    const link = stop(event);
    // The middle button; the right one opens the editor's menu.
    if (link !== undefined && event.button === 1) {
      openLink(link.href);
    }
  });
  // Else the middle button would begin to scroll.
  container.addEventListener("mousedown", (event) => {
    if (event.button === 1) {
      stop(event);
    }
  });
  container.addEventListener("dragstart", stop);
}
