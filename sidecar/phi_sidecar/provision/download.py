"""Fetch pinned packages through the user's package index, so that an interruption costs little."""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    NormalizedName,
    parse_sdist_filename,
    parse_wheel_filename,
)

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.progress import Report
from phi_sidecar.provision import failures, process
from phi_sidecar.provision.pip_command import download_command
from phi_sidecar.provision.place import remove
from phi_sidecar.provision.plan import Form, Pin, batches, total_bytes
from phi_sidecar.provision.threads import Stop, to_the_end, until_stopped

_AT_ONCE = 3
_HASH_CHUNK_BYTES = 1 << 20
_PROGRESS = re.compile(r"Progress (\d+) of (\d+)")
_SCRATCH = "scratch"

Fetched = dict[NormalizedName, Path]


@dataclass(frozen=True)
class Wanted:
    """What to fetch.

    Attributes:
        pins: the packages.
        folder: where their files go; kept until the caller removes it.
        step: what is being done, for people, such as `Downloading the OpenVINO runtime`.
    """

    pins: Sequence[Pin]
    folder: Path
    step: str


async def fetch(wanted: Wanted, report: Report) -> Fetched:
    """Fetch what the folder does not hold yet, and return the files of all packages.

    Only for the holder of a lock on the folder.

    Raises:
        PreparationFailed: not all could be fetched; those that were are kept.
    """
    scratch = wanted.folder / _SCRATCH
    with failures.explained(f"{wanted.step} failed"):
        await to_the_end(lambda: remove(scratch))
        wanted.folder.mkdir(parents=True, exist_ok=True)
        files = await until_stopped(lambda stop: right_files(wanted.folder, wanted.pins, stop))
        missing = [pin for pin in wanted.pins if pin.name not in files]
        counter = _Counter(wanted, report)
        counter.add_kept(files)
        slots = asyncio.Semaphore(_AT_ONCE)
        try:
            async with asyncio.TaskGroup() as group:
                for number, batch in enumerate(batches(missing)):
                    group.create_task(
                        _fetch_batch(wanted, batch, scratch / str(number), counter, slots)
                    )
        except BaseExceptionGroup as group_of:
            # One failure ends the other downloads; it is the one to tell.
            raise group_of.exceptions[0] from None
        finally:
            await asyncio.shield(asyncio.to_thread(remove, scratch))
        files = await until_stopped(lambda stop: right_files(wanted.folder, wanted.pins, stop))
    unmet = [pin.name for pin in wanted.pins if pin.name not in files]
    if unmet:
        raise PreparationFailed(
            f"{wanted.step} failed: {', '.join(unmet)} did not arrive whole.",
            remedy="Try again; what was downloaded is kept.",
        )
    return files


def right_files(folder: Path, pins: Sequence[Pin], stop: Stop) -> Fetched:
    """Return the folder's packages that are what was pinned; the others are removed."""
    by_name = {pin.name: pin for pin in pins}
    files: Fetched = {}
    for file in [*folder.glob("*.whl"), *folder.glob("*.tar.gz")]:
        try:
            name, version, form = _parse(file.name)
        except (InvalidWheelFilename, InvalidSdistFilename):
            remove(file)
            continue
        pin = by_name.get(name)
        if (
            pin is not None
            and (pin.version, pin.form) == (version, form)
            and sha256_of(file, stop) in pin.sha256
        ):
            files[pin.name] = file
        else:
            remove(file)
    return files


def _parse(filename: str) -> tuple[NormalizedName, str, Form]:
    if filename.endswith(".whl"):
        name, version, _, _ = parse_wheel_filename(filename)
        return name, str(version), Form.WHEEL
    name, version = parse_sdist_filename(filename)
    return name, str(version), Form.SOURCE


def sha256_of(file: Path, stop: Stop) -> str:
    """Hash a file.

    Raises:
        Stopped: the hash is no longer wanted.
    """
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while chunk := stream.read(_HASH_CHUNK_BYTES):
            stop.check()
            digest.update(chunk)
    return digest.hexdigest()


async def _fetch_batch(
    wanted: Wanted,
    batch: Sequence[Pin],
    scratch: Path,
    counter: "_Counter",
    slots: asyncio.Semaphore,
) -> None:
    async with slots:
        requirements = _write_requirements(scratch, batch)
        source = any(pin.form is Form.SOURCE for pin in batch)
        command = download_command(requirements, wanted.folder, scratch, source=source)
        meter = counter.meter(batch)
        ended = await process.run(command.argv, env=command.env, cwd=scratch, on_line=meter.hear)
        if ended.code != 0:
            raise failures.from_output(f"{wanted.step} failed", ended.said)
        meter.finish()


def _write_requirements(folder: Path, pins: Sequence[Pin]) -> Path:
    folder.mkdir(parents=True)
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(f"{pin.requirement}\n" for pin in pins), encoding="utf-8")
    return requirements


@dataclass
class _Meter:
    """How far one run of pip has come; it fetches one file after another."""

    counter: "_Counter"
    expected_bytes: int | None
    earlier_files_bytes: int = 0
    file_bytes: int = 0
    file_total_bytes: int = 0

    @property
    def bytes_done(self) -> int:
        return self.earlier_files_bytes + self.file_bytes

    @property
    def bytes_total(self) -> int | None:
        if self.expected_bytes is not None:
            return self.expected_bytes
        return self.file_total_bytes or None

    def hear(self, line: str) -> None:
        match = _PROGRESS.fullmatch(line)
        if match is None:
            return
        done, total = int(match[1]), int(match[2])
        if done < self.file_bytes and self.file_bytes == self.file_total_bytes:
            self.earlier_files_bytes += self.file_bytes
        self.file_bytes, self.file_total_bytes = done, total
        self.counter.tell()

    def finish(self) -> None:
        total = self.bytes_total
        if total is not None:
            self.earlier_files_bytes, self.file_bytes = total, 0
        self.counter.tell()


@dataclass
class _Counter:
    """Adds up the runs that go on side by side; never goes back."""

    wanted: Wanted
    report: Report
    kept_bytes: int = 0
    furthest_bytes: int = 0
    unknown_pins: set[NormalizedName] = field(default_factory=set)
    meters: list[_Meter] = field(default_factory=list)

    def add_kept(self, files: Fetched) -> None:
        self.kept_bytes = sum(file.stat().st_size for file in files.values())
        self.unknown_pins = {pin.name for pin in self.wanted.pins if pin.name not in files}
        self.tell()

    def meter(self, batch: Sequence[Pin]) -> _Meter:
        self.unknown_pins -= {pin.name for pin in batch}
        meter = _Meter(self, total_bytes(batch))
        self.meters.append(meter)
        return meter

    def tell(self) -> None:
        done = self.kept_bytes + sum(meter.bytes_done for meter in self.meters)
        total = self._total_bytes()
        self.furthest_bytes = max(self.furthest_bytes, done)
        if total is not None:
            self.furthest_bytes = min(self.furthest_bytes, total)
        self.report(
            StepProgress(step=self.wanted.step, bytes_done=self.furthest_bytes, bytes_total=total)
        )

    def _total_bytes(self) -> int | None:
        """Return the size of all wheels as far as it is known for certain."""
        planned = total_bytes(self.wanted.pins)
        if planned is not None or self.unknown_pins:
            return planned
        total = self.kept_bytes
        for meter in self.meters:
            if meter.bytes_total is None:
                return None
            total += meter.bytes_total
        return total
