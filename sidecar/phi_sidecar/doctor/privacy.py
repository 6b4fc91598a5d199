"""Takes out of a report what is nobody else's business."""

import contextlib
import getpass
import os
import re
import socket
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.doctor.models import Imported
from phi_sidecar.paths import Paths

USER = "[user]"
HOST = "[computer]"
PATH = "[path]"
URL = "[address]"

_MIN_NAME = 3
"""A shorter name would take whole words out of every sentence; in paths it is gone anyway."""

_ADDRESS = re.compile(r"\b[a-zA-Z][a-zA-Z0-9+.-]*://\S+")

_ABSOLUTE = re.compile(
    r"""(?<![\w.~\]/\\-])                       # a relative path of a runtime's source may stay
    (?:/|[A-Za-z]:[\\/]|\\\\)
    (?:[^\s"'`<>|]|[ ](?=[^\s"'`]*[/\\]))+      # with blanks, as long as it goes on behind them
    """,
    re.VERBOSE,
)

_OF_THE_SYSTEM = re.compile(
    r"(?:/(?:usr|lib|lib64|bin|sbin|etc|proc|sys|dev|System|Library)/"
    r"|[A-Z]:[\\/](?:Windows|Program\ Files[^\\/]*)[\\/])",
    re.IGNORECASE,
)

_LIBRARY = re.compile(r"[\w.+-]+\.(?:so(?:\.\d+)*|dll|dylib|pyd)", re.IGNORECASE)


@dataclass(frozen=True)
class Private:
    """What a report must not tell.

    Attributes:
        folders: each with what stands for it, the longest first.
        names: each with what stands for it.
    """

    folders: tuple[tuple[str, str], ...]
    names: tuple[tuple[str, str], ...]

    def out_of(self, text: str) -> str:
        """Return a text without the user's folders, names, other files and addresses."""
        text = _ADDRESS.sub(URL, text)
        for folder, stand_in in self.folders:
            text = _folder(folder).sub(stand_in, text)
        text = _ABSOLUTE.sub(_without_path, text)
        for name, stand_in in self.names:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", stand_in, text, flags=re.IGNORECASE)
        return text


def private_to_this_user(paths: Paths, imported: Iterable[Imported] = ()) -> Private:
    """Gather what would tell who and where the person is, and what they call their own models."""
    users, homes = _account()
    homes |= {os.path.expanduser("~"), *_set("HOME", "USERPROFILE")}  # noqa: PTH111 (never fails)
    folders = dict.fromkeys(homes, "~")
    ours = {
        paths.data: "[data]",
        paths.cache: "[cache]",
        paths.runtime: "[runtime]",
        paths.logs: "[logs]",
    }
    for folder, stand_in in ours.items():
        if not any(folder.is_relative_to(home) for home in homes):
            folders[str(folder)] = stand_in
    mine = list(imported)
    folders |= {str(model.folder): f"[{model.stand_in}]" for model in mine}
    folders |= {os.path.realpath(folder): stand_in for folder, stand_in in folders.items()}
    long_enough = {folder: s for folder, s in folders.items() if len(Path(folder).parts) > 1}
    users |= {*_set("USER", "USERNAME", "LOGNAME"), *(Path(home).name for home in homes)}
    host = socket.gethostname()
    hosts = {host, host.partition(".")[0], *_set("COMPUTERNAME", "HOSTNAME", "USERDOMAIN")}
    names = {name: f"[{model.stand_in}]" for model in mine for name in model.names}
    names |= {**dict.fromkeys(users, USER), **dict.fromkeys(hosts - {"localhost"}, HOST)}
    return Private(
        folders=_longest_first(long_enough.items()),
        names=_longest_first((n, s) for n, s in names.items() if len(n) >= _MIN_NAME),
    )


def _set(*variables: str) -> set[str]:
    return {value for variable in variables if (value := os.environ.get(variable))}


def _account() -> tuple[set[str], set[str]]:
    """Return the names and the homes that the system knows of this user."""
    names: set[str] = set()
    homes: set[str] = set()
    # There are users without an entry, as in some containers.
    with contextlib.suppress(OSError, KeyError, ImportError):
        names.add(getpass.getuser())
    if sys.platform != "win32":
        import pwd

        try:
            entry = pwd.getpwuid(os.getuid())
        except KeyError:
            return names, homes
        names |= {entry.pw_name, entry.pw_gecos.partition(",")[0]}
        homes.add(entry.pw_dir)
    return names, homes


def _longest_first(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def _folder(folder: str) -> re.Pattern[str]:
    """Match a folder however its separators are written, but no longer name that begins alike."""
    parts = re.split(r"[\\/]+", folder.rstrip("\\/"))
    written = r"[\\/]+".join(re.escape(part) for part in parts)
    flags = re.IGNORECASE if sys.platform in ("win32", "darwin") else 0
    return re.compile(rf"(?<![\w.~-]){written}(?![\w-]|\.\w)", flags)


def _without_path(match: re.Match[str]) -> str:
    path = match.group()
    bare = path.rstrip(":.,;)]")
    if _OF_THE_SYSTEM.match(bare):
        return path
    name = re.split(r"[\\/]", bare)[-1]
    # Which library is missing is what the report is for.
    kept = f"/{name}" if _LIBRARY.fullmatch(name) else ""
    return f"{PATH}{kept}{path[len(bare) :]}"
