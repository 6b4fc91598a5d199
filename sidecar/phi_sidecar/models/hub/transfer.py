"""Brings one file of a repository here, however often the connection breaks."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.models.hub.library import (
    CLIENT_NAME,
    CLIENT_VERSION,
    ConnectError,
    HfHubHTTPError,
    ProxyError,
    TransportError,
    build_hf_headers,
    constants,
    get_session,
    hf_raise_for_status,
)
from phi_sidecar.models.hub.listing import RemoteFile
from phi_sidecar.provision.place import patiently

_CHUNK_BYTES = 1 << 18
_TRIES = 5
"""Without a byte in between; what arrives starts the count anew."""
_LONGEST_WAIT_S = 300.0
"""A hub's limits on the number of requests begin anew every five minutes."""


class WrongContent(Exception):
    """What the hub sends is not what it announced; the message names the file."""


@dataclass(frozen=True)
class Places:
    """Where a file goes.

    Attributes:
        whole: its place once it is whole and right.
        parts: the folder for what there is of it until then.
    """

    whole: Path
    parts: Path

    def part_of(self, file: RemoteFile) -> Path:
        """Return where the beginning of a file is kept; another content has another place."""
        content = file.sha256 or file.git_sha1 or "unknown"
        return self.parts / f"{file.path.replace('/', '_')}.{content[:12]}"

    def part_bytes(self, file: RemoteFile) -> int:
        """Return how much of a file is kept."""
        return _size(self.part_of(file))


@dataclass(frozen=True)
class Listener:
    """Who is told how a transfer goes.

    Attributes:
        on_bytes: told how much of a file is there; it may become less, if it begins anew.
        on_wait: told why there is a pause.
    """

    on_bytes: Callable[[RemoteFile, int], None]
    on_wait: Callable[[str], None]


class Transfer:
    """Fetches files, one after the other."""

    def __init__(self, listener: Listener, first_wait_s: float) -> None:
        self._listener = listener
        self._first_wait_s = first_wait_s
        # With the person's token, if they signed in; the library's sessions drop it on the way to
        # another host. A compressed answer could not be continued.
        self._headers = build_hf_headers(
            library_name=CLIENT_NAME, library_version=CLIENT_VERSION
        ) | {"Accept-Encoding": "identity"}

    def fetch(self, url: str, file: RemoteFile, places: Places) -> str:
        """Fetch what is missing of a file, check all of it, and put it into its place.

        Returns its SHA-256.

        Raises:
            WrongContent: it came twice, and was wrong both times.
            HfHubHTTPError, TransportError: the hub gave up, or cannot be reached any more.
            OSError: it cannot be written.
        """
        part = places.part_of(file)
        part.parent.mkdir(parents=True, exist_ok=True)
        continued = _size(part) > 0
        for fresh in (False, True) if continued else (True, True):
            if fresh and _size(part):
                part.unlink()
            self._persist(url, file, part)
            sha256 = checked(part, file)
            if sha256 is not None:
                places.whole.parent.mkdir(parents=True, exist_ok=True)
                patiently(lambda: part.replace(places.whole))
                return sha256
        part.unlink(missing_ok=True)
        raise WrongContent(file.path)

    def adopt(self, cached: Path, file: RemoteFile, places: Places) -> str | None:
        """Take a file from the person's own cache of the hub; None if it is not right there.

        It is linked where the disk allows that, so that it takes no second room.
        """
        sha256 = checked(cached, file)
        if sha256 is None:
            return None
        places.whole.parent.mkdir(parents=True, exist_ok=True)
        places.whole.unlink(missing_ok=True)
        try:
            os.link(cached.resolve(), places.whole)
        except OSError:
            part = places.part_of(file)
            part.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(cached, part)
            patiently(lambda: part.replace(places.whole))
        self._listener.on_bytes(file, file.bytes)
        return sha256

    def _persist(self, url: str, file: RemoteFile, part: Path) -> None:
        """Stream until the file has its size or the hub has no more, resuming where it broke."""
        tries, wait_s = 0, self._first_wait_s
        while (have := _size(part)) < file.bytes or not part.exists():
            try:
                self._stream(url, file, part)
                if _size(part) <= have:
                    return
            except (HfHubHTTPError, TransportError) as error:
                if _ends_here(error):
                    return
                if not passing(error):
                    raise
                if _size(part) > have:
                    tries, wait_s = 0, self._first_wait_s
                tries += 1
                if tries >= _TRIES:
                    raise
                asked_s = asked_pause_s(error)
                self._listener.on_wait(why_waiting(error))
                time.sleep(min(_LONGEST_WAIT_S, wait_s if asked_s is None else asked_s))
                wait_s *= 2

    def _stream(self, url: str, file: RemoteFile, part: Path) -> None:
        have = _size(part)
        headers = dict(self._headers)
        if have:
            headers["Range"] = f"bytes={have}-"
        timeout_s = constants.HF_HUB_DOWNLOAD_TIMEOUT
        with get_session().stream("GET", url, headers=headers, timeout=timeout_s) as response:
            hf_raise_for_status(response)
            goes_on = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if not (response.status_code == 206 and goes_on):
                # It begins at the beginning, whatever was asked for.
                have = 0
            with part.open("ab" if have else "wb") as target:
                for chunk in response.iter_raw():
                    target.write(chunk)
                    have += len(chunk)
                    self._listener.on_bytes(file, min(have, file.bytes))
                    if have > file.bytes:
                        # Far more than announced must not fill the disk.
                        return


def checked(path: Path, file: RemoteFile) -> str | None:
    """Read a whole file and return its SHA-256 if it is what the hub announced, else None."""
    if _size(path) != file.bytes or not path.is_file():
        return None
    sha256 = hashlib.sha256()
    git_sha1 = hashlib.sha1(f"blob {file.bytes}\0".encode(), usedforsecurity=False)
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            sha256.update(chunk)
            if file.sha256 is None:
                git_sha1.update(chunk)
    found = sha256.hexdigest()
    right = (
        file.sha256 == found
        if file.sha256 is not None
        else file.git_sha1 in (None, git_sha1.hexdigest())
    )
    return found if right else None


def passing(error: Exception) -> bool:
    """Tell whether something that failed may well succeed in a moment."""
    if isinstance(error, HfHubHTTPError):
        status = error.response.status_code
        return status in (408, 429) or status >= 500
    # What is wrong with a proxy or with a certificate stays wrong.
    text = str(error).lower()
    return isinstance(error, TransportError) and not (
        isinstance(error, ProxyError) or "certificate" in text
    )


def _ends_here(error: Exception) -> bool:
    """Tell whether the hub says that its file is no longer than what was fetched of it."""
    return isinstance(error, HfHubHTTPError) and error.response.status_code == 416


def asked_pause_s(error: Exception) -> float | None:
    """Return how long the hub asks to wait; None if it does not say."""
    if isinstance(error, HfHubHTTPError):
        with suppress(ValueError):
            return max(0.0, float(error.response.headers.get("Retry-After", "")))
    return None


def why_waiting(error: Exception) -> str:
    """Say for people why there is a pause."""
    if isinstance(error, HfHubHTTPError):
        if error.response.status_code == 429:
            return "the hub asks for a pause"
        return "the hub has trouble of its own"
    if isinstance(error, ConnectError):
        return "the hub cannot be reached"
    return "the connection broke off"


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
