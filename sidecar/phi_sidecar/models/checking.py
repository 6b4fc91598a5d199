"""Looks whether what there is of a build is what it should be, by reading it."""

from pathlib import Path

from phi_sidecar.models import manifest
from phi_sidecar.models.catalog import PackageSource
from phi_sidecar.models.earlier_layout import adopt
from phi_sidecar.models.formats import NotUsable, recognize
from phi_sidecar.models.layout import Layout
from phi_sidecar.models.packages import weights_name
from phi_sidecar.models.stored import ModelState
from phi_sidecar.provision import place
from phi_sidecar.provision.threads import Stop


def check(layout: Layout, stop: Stop) -> ModelState:
    """Read the whole of a build and compare it with what it should be.

    Raises:
        Stopped: nobody waits for what comes of it.
    """
    adopt(layout)
    if not layout.folder.exists():
        return ModelState.MISSING
    noted = manifest.read(layout.folder)
    source = layout.build.source
    if isinstance(source, PackageSource):
        sha256 = {weights_name(source): source.member_sha256}
    elif noted is not None and manifest.is_of(noted, layout.origin, layout.original):
        sha256 = {path: file.sha256 for path, file in noted.files.items()}
    else:
        return ModelState.DAMAGED
    if manifest.is_right(layout.folder, sha256, stop):
        revision, original = (noted.revision, noted.original) if noted else (None, None)
        made_from = manifest.MadeFrom(layout.origin, revision, original)
        manifest.note(layout.folder, made_from, sha256)
        return ModelState.READY
    # From here on it also counts as damaged for whoever looks only cheaply.
    manifest.distrust(layout.folder)
    return ModelState.DAMAGED


def look_at(path: Path) -> ModelState:
    """Look whether what the person imported is still there, and still a model."""
    if not place.is_there(path):
        return ModelState.MISSING
    try:
        recognize(path)
    except NotUsable:
        return ModelState.DAMAGED
    return ModelState.READY
