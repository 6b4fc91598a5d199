"""Removes what belongs together: all of it, or nothing where some of it is in use."""

import asyncio
import logging
import sys
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision import place

_LEAVING_S = 3.0
"""A worker that was let go of gives gigabytes back before it ends."""
_LOOK_EVERY_S = 0.1
_MODEL = "--model"
"""The option by which a worker is told what to load."""

log = logging.getLogger(__name__)


async def refuse_if_loaded(title: str, folders: Sequence[Path]) -> None:
    """Check that no worker has loaded a model from any of some folders or files.

    Raises:
        PreparationFailed: one has, and does not end.
    """
    deadline = time.monotonic() + _LEAVING_S
    while await asyncio.to_thread(_is_loaded, folders):
        # A look takes its time where there are many processes.
        if time.monotonic() >= deadline:
            raise _in_use(title)
        await asyncio.sleep(_LOOK_EVERY_S)


def being_made(title: str) -> PreparationFailed:
    """Say that another process fetches or converts what is to be removed."""
    return PreparationFailed(
        f"Removing {title} failed: it is being fetched or converted. Nothing was removed.",
        remedy="Wait until that is done, or cancel it in the window that does it, and try again.",
    )


def take_away(title: str, paths: Sequence[Path]) -> None:
    """Remove files and folders; where one cannot be moved, all stay as they were.

    Raises:
        PreparationFailed: one of them is in use, as Windows says of what is open.
        OSError: the system refuses for another reason.
    """
    moved: list[tuple[Path, Path]] = []
    try:
        for path in paths:
            if path.exists():
                aside = place.beside(path)
                _move(path, aside)
                moved.append((path, aside))
    except OSError as error:
        for path, aside in reversed(moved):
            _move_back(aside, path)
        if sys.platform == "win32" and isinstance(error, PermissionError):
            raise _in_use(title) from error
        raise
    refused: OSError | None = None
    for _, aside in moved:
        try:
            place.remove(aside)
        except OSError as error:
            # Like an attempt that was killed it is counted, and removed the next time.
            refused = refused or error
    if refused is not None:
        raise refused


def _move(path: Path, target: Path) -> None:
    place.patiently(lambda: path.rename(target))


def _move_back(aside: Path, path: Path) -> None:
    """Undo a move; one that the system refuses keeps no other from being undone."""
    try:
        _move(aside, path)
    except OSError as error:
        log.warning("what was moved aside stays there: %s", error.strerror)


def _is_loaded(folders: Sequence[Path]) -> bool:
    import psutil  # costs the sidecar's start too much

    for running in psutil.process_iter(["cmdline"]):
        for option, value in pairwise(running.info["cmdline"] or ()):
            if option == _MODEL and any(Path(value).is_relative_to(folder) for folder in folders):
                return True
    return False


def _in_use(title: str) -> PreparationFailed:
    return PreparationFailed(
        f"Removing {title} failed: it is being used. Nothing was removed.",
        remedy="Close the other windows, or switch them to another model, wait a minute, and try"
        " again.",
    )
