"""The backends that are installed, found by their entry points."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from phi_sidecar.backends.base import Backend
from phi_sidecar.errors import UnknownAccelerator

GROUP = "phi_sidecar.backends"


@dataclass(frozen=True)
class Registered:
    """A backend that works.

    Attributes:
        target: where it is, as `module:attribute`, for the process that will use it.
    """

    backend: Backend
    target: str


@dataclass(frozen=True)
class Broken:
    """A backend that is announced but cannot be had.

    Attributes:
        name: of its entry point.
        reason: why, in a sentence.
        remedy: what the person can do about it.
    """

    name: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class Backends:
    """Every announced backend, by id, in the order in which they are listed."""

    registered: Mapping[str, Registered]
    broken: tuple[Broken, ...] = ()

    def of(self, accelerator: str) -> tuple[Registered, str]:
        """Return the backend and the device of an accelerator's id.

        Raises:
            UnknownAccelerator: no backend offers such a device.
        """
        backend_id, _, device = accelerator.partition("/")
        for broken in self.broken:
            if broken.name == backend_id:
                raise UnknownAccelerator(broken.reason, remedy=broken.remedy)
        registered = self.registered.get(backend_id)
        if registered is None or not any(
            is_of_kind(device, kind.device) for kind in registered.backend.devices
        ):
            raise UnknownAccelerator(f"There is no accelerator called {accelerator!r}.")
        return registered, device


def is_of_kind(device: str, kind: str) -> bool:
    """Tell whether a device, such as `GPU.1`, is of a kind, such as `GPU`."""
    return device == kind or device.startswith(f"{kind}.")


def load_backends() -> Backends:
    """Load every backend that is announced by an entry point."""
    return from_entry_points(entry_points(group=GROUP))


def from_entry_points(points: Iterable[EntryPoint]) -> Backends:
    """Load backends; one that cannot be loaded leaves the others alone."""
    registered: dict[str, Registered] = {}
    broken: list[Broken] = []
    # Ours first, then the others by name: what is listed must not depend on the file system.
    for point in sorted(
        points, key=lambda point: (not point.module.startswith("phi_sidecar."), point.name)
    ):
        if point.name in registered:
            if registered[point.name].target != point.value:
                broken.append(_broken(point, "another package offers one of the same name"))
            continue
        try:
            backend = instantiate(point.load())
        except Exception as error:  # noqa: BLE001 (other people's code may raise anything)
            broken.append(_broken(point, f"{type(error).__name__}: {error}"))
            continue
        if backend.id != point.name:
            broken.append(_broken(point, f"it calls itself {backend.id!r}"))
            continue
        registered[point.name] = Registered(backend=backend, target=point.value)
    return Backends(registered=registered, broken=tuple(broken))


def instantiate(loaded: object) -> Backend:
    """Make the backend of what an entry point names: a class, or an instance.

    Raises:
        TypeError: it is no backend.
    """
    backend = loaded() if isinstance(loaded, type) else loaded
    for attribute in ("id", "environment", "devices", "needs_model", "probe", "load"):
        if not hasattr(backend, attribute):
            raise TypeError(f"it has no {attribute!r}")
    return cast(Backend, backend)


def _broken(point: EntryPoint, why: str) -> Broken:
    package = point.dist.name if point.dist is not None else point.module
    return Broken(
        name=point.name,
        reason=f"The backend {point.name!r} of the package {package} cannot be used: {why}.",
        remedy=f"Update or remove the package {package}.",
    )
