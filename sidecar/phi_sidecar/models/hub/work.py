"""What the agent does for a job."""

import time
from collections.abc import Callable, Collection
from pathlib import Path

from phi_sidecar.models.hub.job import (
    Arrived,
    Checking,
    Done,
    Job,
    Listed,
    Told,
    Waiting,
    parts_in,
    whole_in,
)
from phi_sidecar.models.hub.library import (
    HfHubHTTPError,
    OfflineModeIsEnabled,
    TimeoutException,
    TransportError,
    hf_hub_url,
    try_to_load_from_cache,
)
from phi_sidecar.models.hub.listing import Listing, RemoteFile, ask_cache, ask_hub
from phi_sidecar.models.hub.transfer import (
    Listener,
    Places,
    Transfer,
    checked,
    passing,
    why_waiting,
)
from phi_sidecar.provision.disk import check_room

Tell = Callable[[Told], None]

_TELL_EVERY_S = 0.1
_LISTING_TRIES = 3


def do(job: Job, tell: Tell) -> Told:
    """Do a job; what is told last is returned.

    Raises:
        Exception: whatever stands in the way; `reasons` puts it into words.
    """
    listing = _list(job, tell)
    listed = Listed(listing.revision, {file.path: file.bytes for file in listing.files})
    if job.folder is None:
        return listed
    tell(listed)
    return _fetch(job, listing, Path(job.folder), tell)


def _list(job: Job, tell: Tell) -> Listing:
    wait_s = job.first_wait_s
    for tries_left in reversed(range(_LISTING_TRIES)):
        try:
            return ask_hub(job)
        except (HfHubHTTPError, TransportError, OfflineModeIsEnabled) as error:
            if tries_left and passing(error) and not isinstance(error, TimeoutException):
                tell(Waiting(why_waiting(error)))
                time.sleep(wait_s)
                wait_s *= 2
                continue
            # Who wants to know what the hub has is not told what the cache holds.
            wanted = job.folder is not None and not isinstance(error, HfHubHTTPError)
            if wanted and (cached := ask_cache(job)) is not None:
                return cached
            raise
    raise AssertionError


def _fetch(job: Job, listing: Listing, downloads: Path, tell: Tell) -> Done:
    counter = _Counter(tell)
    listener = Listener(counter.count, lambda reason: tell(Waiting(reason)))
    transfer = Transfer(listener, job.first_wait_s)
    whole = whole_in(downloads)
    places = {file: Places(whole / file.path, parts_in(downloads)) for file in listing.files}
    if whole.exists():
        tell(Checking())
        _remove_unlisted(whole, {places[file].whole for file in listing.files})
    sha256: dict[str, str] = {}
    missing: list[RemoteFile] = []
    for file in listing.files:
        if kept := checked(places[file].whole, file):
            sha256[file.path] = kept
            counter.count(file, file.bytes)
        else:
            places[file].whole.unlink(missing_ok=True)
            counter.count(file, places[file].part_bytes(file))
            missing.append(file)
    counter.tell()
    check_room({downloads: max(0, sum(file.bytes for file in listing.files) - counter.bytes)})
    for file in missing:
        cached = try_to_load_from_cache(
            job.repository, file.in_repository, revision=listing.revision
        )
        found = None
        if isinstance(cached, str):
            found = transfer.adopt(Path(cached), file, places[file])
        if found is None:
            url = hf_hub_url(job.repository, file.in_repository, revision=listing.revision)
            found = transfer.fetch(url, file, places[file])
        sha256[file.path] = found
        counter.tell()
    return Done(listing.revision, sha256)


def _remove_unlisted(whole: Path, listed: Collection[Path]) -> None:
    """Remove what an earlier commit of the repository had and this one has not."""
    for file in whole.rglob("*"):
        if file.is_file() and file not in listed:
            file.unlink()


class _Counter:
    """Tells how many bytes of all files are there, not more often than anyone could read."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._there: dict[RemoteFile, int] = {}
        self._told_at_s = time.monotonic()

    @property
    def bytes(self) -> int:
        """Of all files."""
        return sum(self._there.values())

    def count(self, file: RemoteFile, file_bytes: int) -> None:
        """Note how much of a file is there."""
        self._there[file] = file_bytes
        if time.monotonic() - self._told_at_s >= _TELL_EVERY_S:
            self.tell()

    def tell(self) -> None:
        """Tell now."""
        self._told_at_s = time.monotonic()
        self._tell(Arrived(self.bytes))
