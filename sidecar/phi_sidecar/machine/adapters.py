"""The graphics adapters that DirectX 12 can use; there are none but on Windows."""

from collections.abc import Sequence

from phi_sidecar.machine.devices import Adapter

__all__ = ["Adapter", "directx_adapters"]


def directx_adapters() -> Sequence[Adapter]:
    """List the adapters, without those that are programs (WARP); none where it cannot be asked."""
    # What asks builds types and loads libraries, which the types above need not.
    from phi_sidecar.machine.dxgi import adapters
    from phi_sidecar.machine.windows import marked
    from phi_sidecar.machine.windows_devices import devnodes

    found = adapters()
    return marked(found, devnodes() or ()) if found else ()
