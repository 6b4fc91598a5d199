"""What went wrong, told from what pip printed or the system refused."""

import errno
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from phi_sidecar.errors import PreparationFailed

_WINDOWS_DISK_FULL = (39, 112)
_WINDOWS_IN_USE = (5, 32)
_DISK_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))
_REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS)
_QUOTED_CHARACTERS = 300


@dataclass(frozen=True)
class _Cause:
    pattern: re.Pattern[str]
    message: str
    remedy: str


def _cause(pattern: str, message: str, remedy: str) -> _Cause:
    return _Cause(re.compile(pattern, re.IGNORECASE), message, remedy)


# In this order: pip ends a failed connection with "no matching distribution" as well.
_CAUSES = (
    _cause(
        r"no space left|errno 28\b|disk quota|winerror 112|not enough space on the disk",
        "the disk is full",
        "Free some room on the disk and try again; what was downloaded is kept.",
    ),
    _cause(
        r"long path support|winerror 206",
        "a file's path becomes longer than Windows allows",
        "Turn on long paths in Windows (as an administrator set LongPathsEnabled to 1 under"
        r" HKLM\SYSTEM\CurrentControlSet\Control\FileSystem) and try again;"
        " what was downloaded is kept.",
    ),
    _cause(
        r"do not match the hashes|HashMismatch|expected sha256",
        "a downloaded package is not the one that was checked for this product (its hash differs)",
        "Try again; if it stays, the package index in pip's configuration, or a proxy,"
        " hands out altered files: use another one.",
    ),
    _cause(
        r"407 proxy|proxyerror|cannot connect to proxy|tunnel connection failed",
        "the proxy refused the connection",
        "Check the proxy in HTTPS_PROXY or in pip's configuration (pip config list).",
    ),
    _cause(
        r"certificate.verify.failed|sslerror|\[ssl|ssl: ",
        "the package index's certificate could not be verified",
        "Where a company inspects traffic, tell pip its certificate:"
        " pip config set global.cert /path/to/certificate.pem",
    ),
    _cause(
        r"name or service not known|temporary failure in name resolution|getaddrinfo failed"
        r"|nodename nor servname|nameresolutionerror|no address associated",
        "the package index was not found on the network (no connection, or DNS does not answer)",
        "Connect to the internet, or set a package index that you can reach"
        " (pip config set global.index-url URL), and try again.",
    ),
    _cause(
        r"connection refused|newconnectionerror|failed to establish a new connection"
        r"|network is unreachable|no route to host|timed out|timeout|connection aborted"
        r"|connection reset|remotedisconnected|incompleteread|connection broken"
        r"|winerror 100\d\d|incomplete-download|max retries",
        "the package index could not be reached",
        "Check the internet connection and try again; what was downloaded is kept.",
    ),
    _cause(
        r"40[13] client error|http error 40[13]|unauthorized|forbidden",
        "the package index refused access",
        "Check the sign-in to the package index in pip's configuration (pip config list).",
    ),
    _cause(
        r"5\d\d server error|http error 5\d\d|too many 5\d\d error",
        "the package index has trouble of its own",
        "Try again later; what was downloaded is kept.",
    ),
    _cause(
        r"(satisfies the requirement|cannot install) torch==\S+\+cpu",
        "the package index has no CPU build of PyTorch",
        "On Linux that build is on PyTorch's own package index alone: tell pip the CPU index that"
        " the page 'Get started' of PyTorch names (pip config set global.extra-index-url ADDRESS)"
        " and try again; what was downloaded is kept.",
    ),
    _cause(
        r"no matching distribution|could not find a version|not a supported wheel",
        "the package index has no build of a package for this Python and this machine",
        "Use 64-bit Python 3.11, 3.12 or 3.13, and check that the package index in"
        " pip's configuration carries every package.",
    ),
    _cause(
        r"permission denied|errno 13\b|winerror 5\b|winerror 32\b|access is denied",
        "a file could not be written",
        "Check the permissions of the folder, and that no other program has it open.",
    ),
)


def from_output(what: str, said: Sequence[str]) -> PreparationFailed:
    """Tell why a program failed from the lines that it printed.

    Args:
        what: the failed work, as the beginning of a sentence.
        said: what it printed, oldest first.
    """
    text = "\n".join(said)
    for cause in _CAUSES:
        if cause.pattern.search(text):
            return PreparationFailed(f"{what}: {cause.message}.", remedy=cause.remedy)
    return PreparationFailed(f"{what}: {last_words(said)}")


def from_os_error(what: str, error: OSError) -> PreparationFailed:
    """Tell why the system refused."""
    windows = getattr(error, "winerror", None)
    if error.errno in _DISK_FULL or windows in _WINDOWS_DISK_FULL:
        return PreparationFailed(
            f"{what}: the disk is full.",
            remedy="Free some room on the disk and try again; what was downloaded is kept.",
        )
    if error.errno in _REFUSED or windows in _WINDOWS_IN_USE:
        return PreparationFailed(
            f"{what}: {error.filename or 'a file'} could not be written.",
            remedy="Check the permissions of the folder, and that no other program has it open.",
        )
    return PreparationFailed(f"{what}: {error.strerror or error}.")


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn what the system refuses in the block into PreparationFailed."""
    try:
        yield
    except OSError as error:
        raise from_os_error(what, error) from error


def last_words(said: Sequence[str]) -> str:
    """Return the last line that says something, shortened."""
    for line in reversed(said):
        stripped = line.strip()
        if stripped and not stripped.startswith(("[notice]", "WARNING:", "hint:")):
            return stripped.removeprefix("ERROR: ")[:_QUOTED_CHARACTERS]
    return "it ended without a word"
