/** What a link reference definition says. */
export interface LinkDefinition {
  readonly href: string;
  readonly title: string;
}

/**
 * The link reference definitions of an answer, by normalized label; the first of a label counts.
 *
 * A definition counts from where it is settled on. What was drawn before it and asked for it in
 * vain is drawn again once, when the answer has ended.
 */
export class LinkDefinitions {
  readonly #byLabel = new Map<string, LinkDefinition>();

  has(label: string): boolean {
    return this.#byLabel.has(label);
  }

  add(label: string, definition: LinkDefinition): void {
    if (!this.#byLabel.has(label)) {
      this.#byLabel.set(label, definition);
    }
  }

  /** Looks definitions up for markdown-it, noting in `missed` the labels that there are none of. */
  lookup(missed: Set<string>): Record<string, LinkDefinition> {
    return new Proxy<Record<string, LinkDefinition>>(Object.create(null), {
      get: (_, label) => {
        if (typeof label !== "string") {
          return undefined;
        }
        const found = this.#byLabel.get(label);
        if (found === undefined) {
          missed.add(label);
        }
        return found;
      },
    });
  }
}
