"""Make a file or folder beside its place and put it there whole."""

import asyncio
import os
import secrets
import shutil
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import TypeVar

from filelock import FileLock, Timeout

T = TypeVar("T")

_LOCK_POLL_S = 0.2
_SOON_S = 3.0
"""What was cancelled a moment ago has let go by then."""
# A virus scanner or a search indexer holds new files for moments; Windows refuses a rename then.
_WINDOWS_RETRIES = 40
_WINDOWS_RETRY_S = 0.1


def beside(place: Path) -> Path:
    """Return a new name beside a place, for what is being made."""
    return place.with_name(f"{place.name}.{secrets.token_hex(4)}.partial")


def sweep(place: Path) -> None:
    """Remove what attempts that died left beside a place. Only under its lock."""
    if place.parent.is_dir():
        for leftover in place.parent.iterdir():
            if leftover.name.startswith(f"{place.name}.") and leftover.name.endswith(".partial"):
                remove(leftover)


def put(made: Path, place: Path) -> None:
    """Rename what was made into its place; what was there before is removed."""
    old: Path | None = None
    if made.is_dir() and place.exists():
        old = beside(place)
        patiently(lambda: place.rename(old))
    try:
        patiently(lambda: made.replace(place))
    except OSError:
        if old is not None:
            old.rename(place)
        raise
    if old is not None:
        remove(old)


def remove(path: Path) -> None:
    """Remove a file or a folder with all that is in it; nothing there is fine."""
    if path.is_dir() and not path.is_symlink():
        patiently(lambda: _remove_tree(path))
    else:
        patiently(lambda: path.unlink(missing_ok=True))


def size_bytes(folder: Path) -> int:
    """Add up the sizes of the files in a folder, at any depth; 0 where there is none.

    What links point to is somebody else's.
    """
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # removed meanwhile
                total += os.lstat(os.path.join(parent, name)).st_size  # noqa: PTH118
    return total


def is_there(path: Path) -> bool:
    """Tell whether there is a file or a folder that can be reached."""
    try:
        return path.exists()
    except OSError:  # such as of a drive that is locked
        return False


def bytes_of(path: Path) -> int:
    """Return what a file or a folder takes; 0 where there is nothing, or nothing to be read."""
    try:
        return size_bytes(path) if path.is_dir() else path.stat().st_size
    except OSError:
        return 0


def patiently(action: Callable[[], T]) -> T:
    """Do a file operation, again where Windows says that someone still has the file open."""
    retries = _WINDOWS_RETRIES if sys.platform == "win32" else 0
    for _ in range(retries):
        try:
            return action()
        except PermissionError:
            time.sleep(_WINDOWS_RETRY_S)
    return action()


@asynccontextmanager
async def held(lock: Path, on_wait: Callable[[], None]) -> AsyncIterator[None]:
    """Hold a lock among all processes of the user; `on_wait` is called once if it is taken."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    guard = FileLock(lock, thread_local=False, preserve_lock_file=True)
    waiting = False
    while True:
        try:
            guard.acquire(blocking=False)
            break
        except Timeout:
            if not waiting:
                waiting = True
                on_wait()
            await asyncio.sleep(_LOCK_POLL_S)
    try:
        yield
    finally:
        guard.release()


@asynccontextmanager
async def held_soon(locks: Iterable[Path], refusal: Exception) -> AsyncIterator[None]:
    """Hold all of some locks; raise the refusal if another process keeps one of them."""
    async with AsyncExitStack() as all_of_them:
        try:
            async with asyncio.timeout(_SOON_S):
                for lock in locks:
                    await all_of_them.enter_async_context(held(lock, lambda: None))
        except TimeoutError:
            raise refusal from None
        yield


def _remove_tree(folder: Path) -> None:
    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=_make_writable)
    else:
        shutil.rmtree(folder, onerror=_make_writable)


def _make_writable(function: Callable[[str], object], path: str, _: object) -> None:
    """Let the removal of a read-only file succeed, which Windows refuses."""
    if Path(path).exists():
        Path(path).chmod(stat.S_IWUSR | stat.S_IRUSR)
        function(path)
