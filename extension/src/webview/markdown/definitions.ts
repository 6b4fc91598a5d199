/** What a link reference definition says. */
export interface LinkDefinition {
  readonly href: string;
  readonly title: string;
}

type ByLabel = Map<string, LinkDefinition>;

/**
 * The link reference definitions of an answer, by normalized label; the first of a label counts.
 *
 * A definition counts from where it is settled on. What was drawn before it and asked for it in
 * vain is drawn again at each end of the answer: there are several where more comes after one.
 */
export class LinkDefinitions {
  readonly #settled: ByLabel = new Map();
  /** Those of its end, which count as long as nothing comes behind them. */
  readonly #last: ByLabel = new Map();

  has(label: string): boolean {
    return this.#settled.has(label) || this.#last.has(label);
  }

  add(label: string, definition: LinkDefinition): void {
    addFirst(this.#settled, label, definition);
  }

  /** Adds what the end of an answer defines. */
  addLast(label: string, definition: LinkDefinition): void {
    addFirst(this.#last, label, definition);
  }

  /** Takes back what the end defined: it was not the end. */
  forgetLast(): void {
    this.#last.clear();
  }

  /** Looks definitions up for markdown-it, noting in `missed` the labels without a settled one. */
  lookup(missed: Set<string>): Record<string, LinkDefinition> {
    return new Proxy<Record<string, LinkDefinition>>(Object.create(null), {
      get: (_, label) => {
        if (typeof label !== "string") {
          return undefined;
        }
        const found = this.#settled.get(label);
        if (found === undefined) {
          missed.add(label);
        }
        return found ?? this.#last.get(label);
      },
    });
  }
}

function addFirst(definitions: ByLabel, label: string, definition: LinkDefinition): void {
  if (!definitions.has(label)) {
    definitions.set(label, definition);
  }
}
