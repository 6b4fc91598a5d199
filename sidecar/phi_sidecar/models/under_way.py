"""What is going on with a build at this moment, in whichever process of the user."""

from filelock import FileLock, Timeout

from phi_sidecar.models.catalog import ConversionSource
from phi_sidecar.models.layout import Layout
from phi_sidecar.provision import place


def is_under_way(layout: Layout) -> bool:
    """Tell whether somebody makes or removes a build now."""
    if not layout.lock.exists():
        return False
    guard = FileLock(layout.lock, thread_local=False, preserve_lock_file=True)
    try:
        guard.acquire(blocking=False)
    except Timeout:
        return True
    except OSError:
        # Who may not take it does not make it either, and asks only to show it.
        return False
    guard.release()
    return False


def arrived_bytes(layout: Layout) -> int:
    """Return what an interrupted download has left, of what a conversion is made from as well."""
    source = layout.build.source
    arrived = place.size_bytes(layout.downloads)
    if isinstance(source, ConversionSource):
        of = Layout(layout.paths, layout.model, layout.model.build(source.of))
        arrived += place.size_bytes(of.downloads)
    return arrived
