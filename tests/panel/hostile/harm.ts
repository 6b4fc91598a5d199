// Whether hostile text does anything. Both functions stand alone, so that they can be handed to
// the `evaluate` of any frame.

declare global {
  interface Window {
    /** What happened that must not. */
    phiHarm?: string[];
  }
}

/** Begins to watch a page; before the hostile text comes. */
export function watchForHarm(): void {
  const harm: string[] = [];
  window.phiHarm = harm;
  for (const name of ["alert", "confirm", "prompt", "print", "open", "phiRan"]) {
    Object.defineProperty(window, name, {
      configurable: true,
      value: (...given: unknown[]) => {
        harm.push(`${name}(${given.map(String).join(", ")}) was called`);
        return null;
      },
    });
  }
  document.addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => {
    harm.push(`the policy had to stop ${blockedURI} by ${violatedDirective}`);
  });
  for (const kind of ["submit", "beforeunload", "pagehide", "hashchange", "popstate"]) {
    window.addEventListener(kind, () => harm.push(`there was a ${kind} event`), true);
  }
}

/** Lists what is wrong with the answers that a page shows; nothing is right. */
export function findHarm(): string[] {
  const tags = new Set(
    (
      "a blockquote br button code div em h1 h2 h3 h4 h5 h6 hr li ol p pre s span strong " +
      "table tbody td th thead tr ul"
    ).split(" "),
  );
  const classes =
    /^(?:phi-(?:hidden-character|address|table|left|center|right|loose|line|stretch|token-[a-z-]+|chunk(?: phi-whole)?|code(?:-[a-z]+)?)|phi-code-button codicon codicon-(?:copy|check|insert|new-file))$/;
  // By tag and attribute, what a value may be.
  const attributes: Record<string, RegExp> = {
    "* class": classes,
    "a href": /^(?:https?:\/\/|mailto:)[^\s"<>]*$/,
    "a title": /^(?:https?:\/\/|mailto:)[^\s"<>]*$/,
    "button type": /^button$/,
    "button title": /^(?:Copy code|Insert at cursor|New file)$/,
    "button aria-label": /^(?:Copy code|Insert at cursor|New file)$/,
    "div aria-label": /^Table$/,
    "div role": /^group$/,
    "div tabindex": /^0$/,
    "h1 aria-level": /^[2-6]$/,
    "h2 aria-level": /^[2-6]$/,
    "h3 aria-level": /^[2-6]$/,
    "h4 aria-level": /^[2-6]$/,
    "h5 aria-level": /^[2-6]$/,
    "h6 aria-level": /^[2-6]$/,
    "ol start": /^\d{1,9}$/,
    "pre aria-label": /^Code: [\w+#. -]{1,30}$/,
    "pre role": /^group$/,
    "pre tabindex": /^0$/,
    "span role": /^status$/,
  };
  const hidden =
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;
  const harm: string[] = [...(window.phiHarm ?? [])];
  for (const answer of document.querySelectorAll(".phi-markdown")) {
    if (hidden.test(answer.textContent ?? "")) {
      harm.push("a hidden character is in the page");
    }
    for (const element of answer.querySelectorAll("*")) {
      const tag = element.localName;
      if (!tags.has(tag) || element.namespaceURI !== "http://www.w3.org/1999/xhtml") {
        harm.push(`there is a <${tag}>`);
      }
      if (element.shadowRoot !== null) {
        harm.push(`<${tag}> has a shadow tree`);
      }
      for (const { name, value } of element.attributes) {
        const allowed = attributes[`${tag} ${name}`] ?? attributes[`* ${name}`];
        if (allowed === undefined || !allowed.test(value)) {
          harm.push(`<${tag}> has ${name}=${JSON.stringify(value)}`);
        }
      }
    }
  }
  return harm;
}
