import type { AnswerActions } from "./answerActions";
import { selectedCode } from "./codeSelection";
import { CodeLines } from "./highlight/codeLines";
import { languageIdOf, languageLabel } from "./highlight/languages";
import type { Painter } from "./highlight/painter";

// How long a button says that it has copied.
const COPIED_MS = 2_000;

/** A code block in the page: the language, what one can do with the code, and the code. */
export class CodeBlock {
  readonly element: HTMLElement;
  /** What stands behind the fence. */
  readonly info: string;
  readonly #lines: CodeLines;
  readonly #painter: Painter;
  readonly #actions: AnswerActions;
  readonly #status = document.createElement("span");
  #copied: ReturnType<typeof setTimeout> | undefined;

  constructor(info: string, actions: AnswerActions, painter: Painter) {
    this.info = info;
    this.#actions = actions;
    this.#painter = painter;
    const label = languageLabel(info);
    const code = document.createElement("code");
    this.#lines = new CodeLines(code);
    this.element = made("div", "phi-code");
    this.element.append(this.#header(label), this.#area(label, code));
    painter.add(this.#lines, info);
  }

  *update(code: string): Generator<void> {
    yield* this.#lines.update(code);
    this.#painter.changed(this.#lines);
  }

  #header(label: string): HTMLElement {
    const header = made("div", "phi-code-header");
    const language = made("span", "phi-code-language");
    language.textContent = label;
    this.#status.className = "phi-code-status";
    this.#status.setAttribute("role", "status");
    const buttons = made("span", "phi-code-actions");
    buttons.append(
      this.#copyButton(),
      button("Insert at cursor", "insert", () => {
        this.#actions.insert(this.#lines.code);
      }),
      button("New file", "new-file", () => {
        this.#actions.newFile(this.#lines.code, languageIdOf(this.info));
      }),
    );
    header.append(language, this.#status, buttons);
    return header;
  }

  #copyButton(): HTMLElement {
    const copy = button("Copy code", "copy", () => {
      this.#actions.copy(this.#lines.code);
      clearTimeout(this.#copied);
      setIcon(copy, "check");
      this.#status.textContent = "Copied";
      this.#copied = setTimeout(() => {
        setIcon(copy, "copy");
        this.#status.textContent = "";
      }, COPIED_MS);
    });
    return copy;
  }

  #area(label: string, code: HTMLElement): HTMLElement {
    const area = made("pre", "phi-code-area");
    // It scrolls by itself, so the keyboard must get there.
    area.tabIndex = 0;
    area.setAttribute("role", "group");
    area.setAttribute("aria-label", `Code: ${label}`);
    area.append(code);
    area.addEventListener("copy", (event) => {
      const selected = selectedCode(code, document.getSelection());
      if (selected !== undefined && event.clipboardData !== null) {
        event.clipboardData.setData("text/plain", selected);
        event.preventDefault();
      }
    });
    return area;
  }
}

type Icon = "copy" | "check" | "insert" | "new-file";

function button(label: string, icon: Icon, onClick: () => void): HTMLElement {
  const element = made("button", "");
  element.setAttribute("type", "button");
  element.setAttribute("aria-label", label);
  element.title = label;
  setIcon(element, icon);
  element.addEventListener("click", onClick);
  return element;
}

function setIcon(element: HTMLElement, icon: Icon): void {
  element.className = `phi-code-button codicon codicon-${icon}`;
}

function made(tag: string, className: string): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  return element;
}
