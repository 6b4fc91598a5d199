"""Asks DirectX for the graphics adapters, the fastest first.

DXGI is called through its tables of functions, because Python has nothing for COM. The places in
those tables are the order of declaration in dxgi.h to dxgi1_6.h, the base interfaces' first.
"""

import ctypes
import sys
import uuid
from collections.abc import Callable, Sequence

from phi_sidecar.machine.devices import Adapter

_FACTORY_6 = "c1b6694f-ff09-44a9-b03c-77900a0a1d17"
_ADAPTER_1 = "29038f61-3839-4626-91fd-086879011a05"

_RELEASE = 2
_GET_DESC_1 = 10
_ENUM_ADAPTER_BY_GPU_PREFERENCE = 29

_HIGH_PERFORMANCE = 2
_SOFTWARE = 2
"""DXGI_GPU_PREFERENCE_HIGH_PERFORMANCE and DXGI_ADAPTER_FLAG_SOFTWARE."""

_MICROSOFT = 0x1414
_MOST = 32

if sys.platform == "win32":
    _FUNCTION = ctypes.WINFUNCTYPE
else:
    _FUNCTION = ctypes.CFUNCTYPE


class _Guid(ctypes.Structure):
    """GUID."""

    _fields_ = (("bytes", ctypes.c_ubyte * 16),)


class Description(ctypes.Structure):
    """DXGI_ADAPTER_DESC1."""

    _fields_ = (
        # c_wchar has two bytes on Windows alone, so this has the right size anywhere.
        ("description", ctypes.c_uint16 * 128),
        ("vendor_id", ctypes.c_uint32),
        ("device_id", ctypes.c_uint32),
        ("subsystem_id", ctypes.c_uint32),
        ("revision", ctypes.c_uint32),
        ("dedicated_video_memory", ctypes.c_size_t),
        ("dedicated_system_memory", ctypes.c_size_t),
        ("shared_system_memory", ctypes.c_size_t),
        ("luid_low", ctypes.c_uint32),
        ("luid_high", ctypes.c_int32),
        ("flags", ctypes.c_uint32),
    )


def adapters() -> Sequence[Adapter] | None:
    """Return the adapters; None where DirectX cannot be asked (it needs Windows 10 1803)."""
    if sys.platform != "win32":
        return None
    factory = ctypes.c_void_p()
    try:
        create = ctypes.WinDLL("dxgi").CreateDXGIFactory1
    except (OSError, AttributeError):
        return None
    create.restype = ctypes.c_long
    create.argtypes = (ctypes.POINTER(_Guid), ctypes.POINTER(ctypes.c_void_p))
    if create(_guid(_FACTORY_6), ctypes.byref(factory)) < 0:
        return None
    try:
        return listed(factory)
    finally:
        _release(factory)


def listed(factory: ctypes.c_void_p) -> list[Adapter]:
    """Return the adapters that an IDXGIFactory6 enumerates."""
    enumerate_adapter = _method(
        factory,
        _ENUM_ADAPTER_BY_GPU_PREFERENCE,
        (
            ctypes.c_uint,
            ctypes.c_int,
            ctypes.POINTER(_Guid),
            ctypes.POINTER(ctypes.c_void_p),
        ),
    )
    wanted = _guid(_ADAPTER_1)
    found: list[Adapter] = []
    for place in range(_MOST):
        adapter = ctypes.c_void_p()
        asked = (place, _HIGH_PERFORMANCE, ctypes.byref(wanted), ctypes.byref(adapter))
        if enumerate_adapter(factory, *asked) < 0:
            break
        try:
            described = _described(adapter)
        finally:
            _release(adapter)
        # In a remote session Microsoft's own, which are programs, come before the hardware.
        if described is not None and not _is_program(described):
            found.append(_read(len(found), described))
    return found


def _described(adapter: ctypes.c_void_p) -> Description | None:
    described = Description()
    get = _method(adapter, _GET_DESC_1, (ctypes.POINTER(Description),))
    return described if get(adapter, ctypes.byref(described)) >= 0 else None


def _is_program(described: Description) -> bool:
    return bool(described.flags & _SOFTWARE) or described.vendor_id == _MICROSOFT


def _read(index: int, described: Description) -> Adapter:
    name = bytes(described.description).decode("utf-16-le", errors="replace")
    return Adapter(
        index=index,
        name=name.partition("\0")[0].strip(),
        vendor_id=described.vendor_id,
        device_id=described.device_id,
        luid=(described.luid_high & 0xFFFFFFFF) << 32 | described.luid_low,
        dedicated_bytes=described.dedicated_video_memory,
        shared_bytes=described.shared_system_memory,
    )


def _release(interface: ctypes.c_void_p) -> None:
    _method(interface, _RELEASE, ())(interface)


def _method(
    interface: ctypes.c_void_p, place: int, arguments: tuple[type, ...]
) -> Callable[..., int]:
    """Return a function of an interface by its place; its result is negative where it failed."""
    table = ctypes.cast(interface, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    # All arguments are named: WINFUNCTYPE takes no others.
    prototype = _FUNCTION(ctypes.c_long, ctypes.c_void_p, *arguments)
    called: Callable[..., int] = prototype(table[place] or 0)
    return called


def _guid(text: str) -> _Guid:
    return _Guid.from_buffer_copy(uuid.UUID(text).bytes_le)
