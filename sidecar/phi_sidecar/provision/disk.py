"""Know before the work whether the disk has the room for it."""

import shutil
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from phi_sidecar.errors import PreparationFailed


def check_room(needs_bytes: Mapping[Path, int]) -> None:
    """Check that each folder's disk has room for all that goes onto it; folders need not exist.

    Raises:
        PreparationFailed: one has not, with how much is missing.
    """
    per_disk: dict[int, int] = defaultdict(int)
    folder_on: dict[int, Path] = {}
    for folder, needed in needs_bytes.items():
        existing = _nearest_existing(folder)
        disk = existing.stat().st_dev
        per_disk[disk] += needed
        folder_on.setdefault(disk, existing)
    for disk, needed in per_disk.items():
        free = shutil.disk_usage(folder_on[disk]).free
        if free < needed:
            raise PreparationFailed(
                f"The disk is too full: {megabytes(needed)} are needed"
                f" in {folder_on[disk]}, {megabytes(free)} are free.",
                remedy=f"Free {megabytes(needed - free)} on that disk and try again.",
            )


def megabytes(count: int) -> str:
    """Write a number of bytes for people, never as too little."""
    return f"{-(-count // 1_000_000):,} MB"


def _nearest_existing(folder: Path) -> Path:
    for candidate in (folder, *folder.parents):
        if candidate.exists():
            return candidate
    raise PreparationFailed(
        f"The drive of {folder} is not there.",
        remedy="Connect it, or move your data and cache folders to another one.",
    )
