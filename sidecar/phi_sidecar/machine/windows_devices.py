"""Asks Windows' device tree for accelerators: what is plugged in now, as any user may read it.

The configuration manager says which devices are there and whether they work; their names and
drivers are in the registry. Both answer within milliseconds, unlike WMI and PowerShell.
"""

import ctypes
import sys
from collections.abc import Sequence

from phi_sidecar.machine.windows import (
    COMPUTE_ACCELERATOR_CLASS,
    DISPLAY_CLASS,
    Devnode,
    is_npu,
)

_OF_ENUMERATOR = 0x001
_PRESENT = 0x100
_OF_CLASS = 0x200
"""CM_GETIDLIST_FILTER_* of cfgmgr32.h."""

_BUFFER_SMALL = 26
"""CR_BUFFER_SMALL: something was plugged in since its size was asked."""
_MOST_TRIES = 5

_INTEL = "PCI\\VEN_8086&"

_DEVICES = r"SYSTEM\CurrentControlSet\Enum"
_DRIVERS = r"SYSTEM\CurrentControlSet\Control\Class"


def devnodes() -> Sequence[Devnode] | None:
    """Return the graphics adapters and neural processors; None where the system does not tell."""
    if sys.platform != "win32":
        return None
    try:
        return listed(ctypes.WinDLL("cfgmgr32"))
    except (OSError, AttributeError):
        return None


def listed(manager: ctypes.CDLL) -> Sequence[Devnode] | None:
    """Return what a configuration manager tells; None where it does not even tell of graphics."""
    displays = _instances(manager, DISPLAY_CLASS, _OF_CLASS | _PRESENT)
    if displays is None:
        return None
    # Which no computer has to have: a class or a bus that is not known is no failure.
    accelerators = _instances(manager, COMPUTE_ACCELERATOR_CLASS, _OF_CLASS | _PRESENT) or ()
    found = {
        instance.upper(): _devnode(manager, instance) for instance in (*accelerators, *displays)
    }
    # A neural processor without a driver is in no class.
    for instance in _instances(manager, "PCI", _OF_ENUMERATOR | _PRESENT) or ():
        if instance.upper().startswith(_INTEL) and instance.upper() not in found:
            devnode = _devnode(manager, instance)
            if is_npu(devnode):
                found[instance.upper()] = devnode
    return list(found.values())


def _instances(manager: ctypes.CDLL, of: str, which: int) -> Sequence[str] | None:
    """Return the ids of some devices; None where the configuration manager refuses."""
    length, refused = ctypes.c_ulong(), _BUFFER_SMALL
    for _ in range(_MOST_TRIES):
        if manager.CM_Get_Device_ID_List_SizeW(ctypes.byref(length), of, which) != 0:
            return None
        told = ctypes.create_unicode_buffer(length.value)
        refused = manager.CM_Get_Device_ID_ListW(of, told, length, which)
        if refused != _BUFFER_SMALL:
            break
    if refused:
        return None
    return [instance for instance in "".join(told[:]).split("\0") if instance]


def _devnode(manager: ctypes.CDLL, instance: str) -> Devnode:
    device = f"{_DEVICES}\\{instance}"
    driver = _value(device, "Driver")
    compatible_ids = _value(device, "CompatibleIDs")
    return Devnode(
        instance=instance,
        class_guid=_text(device, "ClassGUID"),
        description=_text(device, "DeviceDesc"),
        compatible_ids=compatible_ids if isinstance(compatible_ids, list) else (),
        service=_text(device, "Service"),
        driver_version=_text(f"{_DRIVERS}\\{driver}", "DriverVersion") if driver else "",
        problem=_problem(manager, instance),
    )


def _problem(manager: ctypes.CDLL, instance: str) -> int:
    node, status, problem = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_ulong()
    if manager.CM_Locate_DevNodeW(ctypes.byref(node), instance, 0) != 0:
        return 0
    told = (ctypes.byref(status), ctypes.byref(problem))
    return problem.value if manager.CM_Get_DevNode_Status(*told, node, 0) == 0 else 0


def _text(key: str, name: str) -> str:
    value = _value(key, name)
    return value if isinstance(value, str) else ""


def _value(key: str, name: str) -> object:
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
            value: object = winreg.QueryValueEx(opened, name)[0]
            return value
    except OSError:
        return None
