"""Makes the traces anew: `python tests/bench/traces/record.py`; the same ones every time.

The intervals follow what typing studies find: log-normal about a median of 150 ms, quicker
within a word, slower at its beginning, slower still before a line, and thought now and then. One
key in forty is wrong and taken back.
"""

import math
import random
import sys
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measuring.trace import Keystroke, Trace, apply, dump

TRACES = Path(__file__).parent
TEXTS = TRACES.parent / "texts"

KEY_MS = 130
WORD_MS = 190
LINE_MS = 420
THOUGHT_MS = 1_100
HESITATION_MS = 650
TYPO_NOTICED_MS = 330
SPREAD = 0.35
TYPO_SHARE = 1 / 40
THOUGHT_SHARE = 0.3


@dataclass(frozen=True)
class Session:
    """What is typed into which text.

    Attributes:
        source: a file of `texts`.
        below: lines of it; typing begins on a new line after them. None where what is typed is
            part of the text: it is taken out first, and an empty line left in its place.
        most_keys: it ends there, be it in the middle of a line; None types it all.
        folder: of the traces.
        hesitates: how often the person stops to think before a word, 0 to 1.
    """

    source: str
    language: str
    below: str | None
    typed: str
    most_keys: int | None = None
    folder: Path = TRACES
    hesitates: float = 0.0


SESSIONS = (
    Session(
        "ledger.py",
        "python",
        "        return dict(turnover)\n",
        """
    def close(self, name: str) -> None:
        'Close an account that is empty.'
        account = self.account(name)
        if account.balance().amount != 0:
            raise LedgerError(f"{name} is not empty")
        del self._accounts[name]
""",
    ),
    Session(
        "basket.ts",
        "typescript",
        "    return this.#lines.delete(id);\n  }\n",
        """
  clear(): void {
    this.#lines.clear();
    this.#discount = undefined;
  }

  get count(): number {
    let count = 0;
    for (const line of this.#lines.values()) {
      count += line.quantity;
    }
    return count;
  }
""",
    ),
)

REAL = TRACES / "real"
KEYS_OF_EACH = 100
"""Of three, and so 300 in all."""
HESITATION_SHARE = 0.25
"""Of words. With it the mean interval is about 180 ms."""

REAL_SESSIONS = (
    Session(
        "store.py",
        "python",
        None,
        """\
        if weights := await self._find(model, build):
            return weights
        layout = self._layout(model, build)
        if isinstance(build.source, FolderSource):
            raise _gone(model, build.source)
""",
        KEYS_OF_EACH,
        REAL,
        HESITATION_SHARE,
    ),
    Session(
        "switch.ts",
        "typescript",
        None,
        """\
  async #takeListed(accelerator: Accelerator): Promise<void> {
    if (accelerator.usable) {
      await this.take({ accelerator });
    } else {
      await this.#refuse(accelerator);
    }
  }
""",
        KEYS_OF_EACH,
        REAL,
        HESITATION_SHARE,
    ),
    Session(
        "setup.mjs",
        "javascript",
        None,
        """\
async function setUpPython() {
  const wanted = digest(pythonLock);
  const stamp = await readStamp(venvStamp);
  if (stamp === wanted) {
    return;
  }
""",
        KEYS_OF_EACH,
        REAL,
        HESITATION_SHARE,
    ),
)
"""Into files of this product as they were one day: no model has learnt them by heart."""


@dataclass
class Typist:
    """Types into a text, and notes each key."""

    text: str
    line: int
    indent_width: int
    chance: random.Random
    hesitates: float = 0.0
    character: int = 0
    keys: list[Keystroke] = field(default_factory=list)

    def type_line(self, line: str) -> None:
        """Type a line; the editor has indented it already, too far or not far enough at times."""
        code = line.lstrip(" ")
        wanted = len(line) - len(code)
        while code and self.character > wanted:
            self.press(KEY_MS, "", removed=self.indent_width)
        while code and self.character < wanted:
            self.press(KEY_MS, " " * self.indent_width)
        before = " "
        for character in code:
            self._type(character, before)
            before = character

    def new_line(self) -> None:
        """Press Enter; the editor indents, and clears the blanks of a line left empty."""
        line = self.text.split("\n")[self.line]
        indent = len(line) - len(line.lstrip(" "))
        if line.endswith((":", "{")):
            indent += self.indent_width
        thinks = self.chance.random() < THOUGHT_SHARE
        blanks = len(line) if not line.strip() else 0
        self.press(THOUGHT_MS if thinks else LINE_MS, "\n" + " " * indent, removed=blanks)

    def press(self, median_ms: float, inserted: str, removed: int = 0) -> None:
        """Press one key where the cursor is; what is taken out lies before it."""
        after_ms = round(median_ms * math.exp(self.chance.gauss(0, SPREAD)))
        key = Keystroke(after_ms, self.line, self.character - removed, removed, inserted)
        self.text = apply(self.text, key)
        self.keys.append(key)
        self.line, self.character = key.cursor

    def _type(self, character: str, before: str) -> None:
        begins_word = character.isalnum() and not before.isalnum()
        median_ms = WORD_MS if begins_word else KEY_MS
        if begins_word and self.hesitates and self.chance.random() < self.hesitates:
            median_ms = HESITATION_MS
        if character.isalpha() and self.chance.random() < TYPO_SHARE:
            self.press(median_ms, self.chance.choice("aeinorst"))
            self.press(TYPO_NOTICED_MS, "", removed=1)
        self.press(median_ms, character)


def record(session: Session) -> Trace:
    """Type a session."""
    source = (TEXTS / f"{session.source}.txt").read_text(encoding="utf-8")
    marks = session.typed if session.below is None else session.below
    before, found, after = source.partition(marks)
    if not found:
        raise ValueError(f"{session.source} has no such line")
    above = before if session.below is None else before + found
    text = above + "\n" + after
    width = 4 if session.language == "python" else 2
    chance = random.Random(session.source)
    typist = Typist(text, above.count("\n"), width, chance, session.hesitates)
    first, *others = session.typed.removesuffix("\n").split("\n")
    typist.type_line(first)
    for line in others:
        typist.new_line()
        typist.type_line(line)
    if typist.text != above + session.typed + after:
        raise AssertionError(f"{session.source} was not typed as it should be")
    return Trace(session.source, session.language, text, tuple(typist.keys[: session.most_keys]))


if __name__ == "__main__":
    for session in (*SESSIONS, *REAL_SESSIONS):
        trace = record(session)
        target = session.folder / f"{session.source}.jsonl"
        target.write_text(dump(trace), encoding="utf-8", newline="\n")
        sys.stderr.write(
            f"{target.name}: {len(trace.keystrokes)} keys, {trace.duration_ms / 1000:.0f} s\n"
        )
