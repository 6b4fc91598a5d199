"""Keep installed files within the 260 characters that Windows gives a path by default.

torch brings the licences of all that it contains in folders so deep, and headers with names so
long, that an installation below a person's AppData fails. The licences are put into one file, the
headers are left out: only those who compile against the package need them.
"""

import re
import shutil
import sys
import zipfile
from pathlib import Path

WINDOWS_LONGEST = 259
"""MAX_PATH without its closing zero."""

_LICENCES = re.compile(r"^([^/]+\.dist-info/licenses)/")
_HEADER_SUFFIXES = (".h", ".hpp", ".cuh", ".inl")
_GATHERED = "deeper-licenses.txt"


def longest_path() -> int | None:
    """Return how long a path may be on this machine; None where nothing is to be heeded."""
    if sys.platform != "win32":
        return None
    import winreg

    place = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            enabled, _ = winreg.QueryValueEx(key, "LongPathsEnabled")
    except OSError:
        enabled = 0
    return None if enabled else WINDOWS_LONGEST


def without_long_paths(wheel: Path, longest: int, folder: Path) -> Path:
    """Return a wheel whose files have names of at most `longest` characters, as far as possible.

    It is the wheel itself where there is nothing to do, else a changed copy in `folder`. Files that
    are neither licences nor headers stay.
    """
    with zipfile.ZipFile(wheel) as archive:
        long = [info for info in archive.infolist() if len(info.filename) > longest]
        dropped = {info.filename for info in long if _is_droppable(info.filename)}
        if not dropped:
            return wheel
        gathered: dict[str, str] = {}
        for name in sorted(dropped):
            if (match := _LICENCES.match(name)) and not name.endswith("/"):
                text = archive.read(name).decode("utf-8", "replace")
                place = f"{match[1]}/{_GATHERED}"
                gathered[place] = gathered.get(place, "") + f"==== {name}\n\n{text}\n\n"
        (record,) = (n for n in archive.namelist() if n.endswith(".dist-info/RECORD"))
        rows = archive.read(record).decode("utf-8").splitlines()
    # A build number, so that installers prefer it to the wheel of the same version.
    name, version, *_, python, abi, platform = wheel.stem.split("-")
    copy = folder / f"{name}-{version}-1-{python}-{abi}-{platform}.whl"
    shutil.copyfile(wheel, copy)
    # Only the list at the archive's end is written anew: packing all again would take long.
    with zipfile.ZipFile(copy, "a") as archive:
        for name in (*dropped, record):
            archive.filelist.remove(archive.NameToInfo.pop(name))
        kept = [row for row in rows if row.split(",")[0].strip('"') not in dropped]
        rows = [*kept, *(f"{place},," for place in gathered), ""]
        for place, text in {**gathered, record: "\n".join(rows)}.items():
            archive.writestr(place, text, zipfile.ZIP_DEFLATED)
    return copy


def _is_droppable(name: str) -> bool:
    return _LICENCES.match(name) is not None or name.endswith(_HEADER_SUFFIXES)
