"""Which files of a repository a job is about."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from phi_sidecar.models.formats import NotUsable, recognize
from phi_sidecar.models.hub.job import Job
from phi_sidecar.models.hub.library import (
    CLIENT_NAME,
    CLIENT_VERSION,
    HfApi,
    LocalEntryNotFoundError,
    constants,
    snapshot_download,
)
from phi_sidecar.models.manifest import MANIFEST

_SHA256 = re.compile(r"[0-9a-f]{64}")
_GIT_SHA1 = re.compile(r"[0-9a-f]{40}")


class Unusable(Exception):
    """What the repository holds is not what the job is about; the message says why."""


@dataclass(frozen=True)
class RemoteFile:
    """A file of a repository, as the hub describes it.

    Attributes:
        path: in the job's folder, with forward slashes.
        in_repository: its path in the repository.
        sha256: of its content, where it is a large file.
        git_sha1: of its content as git counts it, where it is a small one.
    """

    path: str
    in_repository: str
    bytes: int
    sha256: str | None
    git_sha1: str | None


@dataclass(frozen=True)
class Listing:
    """The files at one commit."""

    revision: str
    files: tuple[RemoteFile, ...]


def ask_hub(job: Job) -> Listing:
    """Ask the hub what there is.

    Raises:
        Unusable: nothing there fits, or it is not described as it should be.
        HfHubHTTPError, TransportError, OfflineModeIsEnabled: it does not tell.
    """
    info = HfApi(library_name=CLIENT_NAME, library_version=CLIENT_VERSION).model_info(
        job.repository,
        revision=job.revision,
        files_metadata=True,
        timeout=constants.HF_HUB_DOWNLOAD_TIMEOUT,
    )
    if info.sha is None:
        raise Unusable("the hub does not say at which commit the repository is")
    files = []
    for sibling in info.siblings or []:
        path = _path_in_job(job, sibling.rfilename)
        if path is None:
            continue
        large = sibling.lfs
        sha256 = None if large is None else large.sha256
        git_sha1 = sibling.blob_id if large is None else None
        if sibling.size is None or (sha256 is None and git_sha1 is None):
            raise Unusable(f"the hub does not say what {path} should be")
        files.append(RemoteFile(path, sibling.rfilename, sibling.size, sha256, git_sha1))
    return Listing(info.sha, _none_missing(job, files))


def ask_cache(job: Job) -> Listing | None:
    """Look whether the person's own cache of the hub holds the files; asks no network.

    Nobody tells then which files there should be: what is there has to be a model.
    """
    try:
        prefix = f"{job.subfolder}/" if job.subfolder else ""
        snapshot = Path(
            snapshot_download(
                job.repository,
                revision=job.revision,
                allow_patterns=[prefix + pattern for pattern in job.files],
                local_files_only=True,
            )
        )
        recognize(snapshot / job.subfolder)
        files = [
            _cached_file(path, in_repository, file)
            for file in sorted(snapshot.rglob("*"))
            if file.is_file()
            and (in_repository := file.relative_to(snapshot).as_posix())
            and (path := _path_in_job(job, in_repository)) is not None
        ]
        return Listing(snapshot.name, _none_missing(job, files))
    except (LocalEntryNotFoundError, NotUsable, Unusable, OSError):
        return None


def _cached_file(path: str, in_repository: str, file: Path) -> RemoteFile:
    # The cache names a file's content by its hash and links to it, where links can be made.
    name = file.resolve().name
    return RemoteFile(
        path=path,
        in_repository=in_repository,
        bytes=file.stat().st_size,
        sha256=name if _SHA256.fullmatch(name) else None,
        git_sha1=name if _GIT_SHA1.fullmatch(name) else None,
    )


def _path_in_job(job: Job, in_repository: str) -> str | None:
    """Return a file's path in the job's folder; None if the job is not about it."""
    prefix = f"{job.subfolder}/" if job.subfolder else ""
    if not in_repository.startswith(prefix):
        return None
    path = in_repository.removeprefix(prefix)
    # A star stops at a slash. What a hub names must never lead out of the folder.
    if "\\" in path or ":" in path or ".." in path.split("/") or path.startswith("/"):
        return None
    # What was checked is noted under this name; Windows tells no capital letters apart.
    if path.casefold() == MANIFEST:
        return None
    fits = any(
        fnmatchcase(path, pattern) and path.count("/") == pattern.count("/")
        for pattern in job.files
    )
    return path if fits else None


def _none_missing(job: Job, files: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
    found = tuple(files)
    if not any(file.bytes for file in found):
        place = f" in its folder {job.subfolder}" if job.subfolder else ""
        raise Unusable(f"{job.repository} holds none of the expected files{place}")
    return found
