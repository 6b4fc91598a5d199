"""Takes over what an earlier version of the product left under other names."""

import json

from phi_sidecar.models import manifest
from phi_sidecar.models.catalog import PackageSource
from phi_sidecar.models.layout import Layout


def adopt(layout: Layout) -> None:
    """Rename a model's earlier folder into its place, with what was noted of its one file.

    Raises:
        OSError: the system refuses, as Windows does while a model is open.
    """
    folder, earlier = layout.folder, layout.earlier
    if not isinstance(layout.build.source, PackageSource):
        return
    if folder.exists() or not earlier.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    try:
        earlier.rename(folder)
    except OSError:
        # Another window may have been first.
        if not folder.exists():
            raise
        return
    for stamp in folder.glob("*.checked.json"):
        weights = stamp.with_name(stamp.name.removesuffix(".checked.json"))
        try:
            noted = json.loads(stamp.read_text(encoding="utf-8"))
            facts = weights.stat()
            if (noted["bytes"], noted["mtimeNs"]) == (facts.st_size, facts.st_mtime_ns):
                made_from = manifest.MadeFrom(layout.origin)
                manifest.note(folder, made_from, {weights.name: noted["sha256"]})
        except (OSError, ValueError, KeyError, TypeError):
            # Not as it was: it is read and checked before it is used.
            pass
        stamp.unlink(missing_ok=True)
