"""Read the rules of the files that are never read into a prompt."""

from collections import OrderedDict
from pathlib import Path

from phi_sidecar.completion.exclusion import IgnoreRules

NAME = ".gitignore"
MOST_FOLDERS = 64
MOST_BYTES = 1_000_000


class IgnoreFiles:
    """Finds the .gitignore files that rule over a file; reads each again only when it changes."""

    def __init__(self) -> None:
        self._read: OrderedDict[Path, tuple[int, str]] = OrderedDict()
        self._texts: dict[str, str] = {}
        self._rules = IgnoreRules()

    def rules_for(self, file: Path) -> IgnoreRules:
        """Return the rules from the file's folder up to the repository's, or the topmost."""
        texts: dict[str, str] = {}
        for folder in file.parents:
            own = self._text(folder / NAME)
            # What a clone ignores for itself alone; its .gitignore, read after it, outweighs it.
            clones = self._text(folder / ".git" / "info" / "exclude")
            if own is not None or clones is not None:
                texts[folder.as_posix()] = f"{clones or ''}\n{own or ''}"
            if (folder / ".git").exists():
                break
        # Asked at every keystroke, mostly of the same folder: reading the rules takes longer than
        # finding out that they are the same.
        if texts != self._texts:
            self._texts, self._rules = texts, IgnoreRules.from_files(texts)
        return self._rules

    def _text(self, file: Path) -> str | None:
        try:
            found = file.stat()
            known = self._read.get(file)
            if known is not None and known[0] == found.st_mtime_ns:
                return known[1]
            if found.st_size > MOST_BYTES:
                return None
            text = file.read_text("utf-8", errors="replace")
        except OSError:
            return None
        self._read[file] = (found.st_mtime_ns, text)
        while len(self._read) > MOST_FOLDERS:
            self._read.popitem(last=False)
        return text
