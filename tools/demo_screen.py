"""How the demo looks: colours and a moving bar on a terminal, plain lines anywhere else."""

import contextlib
import io
import os
import shutil
import textwrap
from collections.abc import Callable, Iterator
from typing import TextIO

from phi_sidecar.generated.protocol import StepProgress

RESET = "\x1b[0m"
BOLD = "\x1b[1m"
FAINT = "\x1b[2m"
HEADING = "\x1b[1;36m"
SUGGESTED = "\x1b[30;46m"

MARGIN = "  "
BAR_WIDTH = 24
MEGABYTE = 1_000_000


class Screen:
    """Writes what the demo shows."""

    def __init__(self, stream: TextIO) -> None:
        if isinstance(stream, io.TextIOWrapper):
            # A Windows pipe has a code page that lacks most of what a model may write.
            stream.reconfigure(encoding="utf-8", errors="replace")
        self._stream = stream
        self._terminal = stream.isatty()
        # https://no-color.org: set to anything, there are no colours.
        self._colours = self._terminal and not os.environ.get("NO_COLOR")
        self._width = min(shutil.get_terminal_size((80, 24)).columns, 100)
        self._step = ""

    def title(self, name: str, what: str) -> None:
        """Write the first line."""
        self._write(f"\n{MARGIN}{self._styled(name, BOLD)}  {self._styled(what, FAINT)}\n")

    def heading(self, text: str) -> None:
        """Begin a section."""
        self._write(f"\n{MARGIN}{self._styled(text, HEADING)}\n")

    def line(self, text: str, *, faint: bool = False) -> None:
        """Write a line, cut to the width."""
        text = text[: self._width - len(MARGIN)]
        self._write(f"{MARGIN}{self._styled(text, FAINT if faint else '')}\n")

    def paragraph(self, text: str, *, indent: int = 0, faint: bool = False) -> None:
        """Write a text, broken to the width."""
        for line in textwrap.wrap(text, self._width - len(MARGIN) - indent):
            self.line(" " * indent + line, faint=faint)

    def code(self, number: int, text: str, suggested: str = "") -> None:
        """Write a line of code with its number, and what is suggested after it."""
        gutter = f"{number:>4} "
        for line in suggested.split("\n"):
            self._code_line(gutter, text, line)
            gutter, text = " " * len(gutter), ""

    def progress(self, progress: StepProgress | None) -> None:
        """Show how far a step has come, over the last time; None wipes it."""
        if not self._terminal:
            if progress is not None and progress.step != self._step:
                self._write(f"{MARGIN}{progress.step} …\n")
                self._step = progress.step
            return
        if progress is None:
            self._write("\r\x1b[2K" if self._step else "")
            self._step = ""
            return
        self._step = progress.step
        # Without a line feed, so that whatever is written next begins by wiping it.
        self._stream.write("\r\x1b[2K" + _bar(progress)[: self._width - 1])
        self._stream.flush()

    @contextlib.contextmanager
    def streamed(self) -> Iterator[Callable[[str], None]]:
        """Give a function that writes a text as it comes, broken to the width."""
        column = 0
        word = ""

        def put_word() -> None:
            nonlocal column, word
            if column + len(word) > self._width - len(MARGIN):
                self._stream.write(f"\n{MARGIN}")
                column = 0
                word = word.lstrip(" ")
            self._stream.write(word)
            column += len(word)
            word = ""

        def show(text: str) -> None:
            nonlocal column, word
            for character in text:
                if character == "\n":
                    put_word()
                    self._stream.write(f"\n{MARGIN}")
                    column = 0
                elif character == " ":
                    put_word()
                    word = "" if column == 0 else " "
                else:
                    word += character
            # What is left is the beginning of a word that may not fit any more.
            self._stream.flush()

        self._write(MARGIN)
        yield show
        put_word()
        self._write("\n")

    def _code_line(self, gutter: str, text: str, suggested: str) -> None:
        # Two columns are left for the marks around a suggestion.
        room = self._width - len(MARGIN) - len(gutter) - 2
        while True:
            part, text = text[:room], text[room:]
            left = room - len(part)
            ghost, suggested = suggested[:left], suggested[left:]
            self._write(f"{MARGIN}{self._styled(gutter, FAINT)}{part}{self._marked(ghost)}\n")
            if not text and not suggested:
                return
            gutter = f"{'↳':>{len(gutter) - 1}} "

    def _marked(self, ghost: str) -> str:
        code = ghost.lstrip(" ")
        if not code:
            return ghost
        indent = ghost[: -len(code)]
        return indent + (self._styled(code, SUGGESTED) if self._colours else f"«{code}»")

    def _styled(self, text: str, style: str) -> str:
        return f"{style}{text}{RESET}" if self._colours and style else text

    def _write(self, text: str) -> None:
        if self._terminal and self._step and text:
            self._step = ""
            text = "\r\x1b[2K" + text.removeprefix("\r\x1b[2K")
        self._stream.write(text)
        self._stream.flush()


def _bar(progress: StepProgress) -> str:
    done, total = progress.bytes_done, progress.bytes_total
    if done is None:
        return f"{MARGIN}{progress.step} …"
    if not total:
        return f"{MARGIN}{progress.step}  {done // MEGABYTE} MB"
    filled = min(BAR_WIDTH, BAR_WIDTH * done // total)
    bar = "█" * filled + "░" * (BAR_WIDTH - filled)
    return f"{MARGIN}{progress.step}  {bar}  {done // MEGABYTE} of {total // MEGABYTE} MB"
