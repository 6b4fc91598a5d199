"""The processor's name and the features of it that matter to a model."""

import ctypes
import os
import platform
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from phi_sidecar.machine.devices import UNKNOWN, Processor

_CPUINFO = Path("/proc/cpuinfo")

_ARM64 = 0xAA64
"""IMAGE_FILE_MACHINE_ARM64 of winnt.h."""

_LINUX_FLAGS = {
    "sse4_2": "SSE4.2",
    "avx": "AVX",
    "avx2": "AVX2",
    "fma": "FMA",
    "f16c": "F16C",
    "avx_vnni": "AVX-VNNI",
    "avx512f": "AVX-512",
    "avx512_vnni": "AVX-512 VNNI",
    "avx512_bf16": "AVX-512 BF16",
    "avx512_fp16": "AVX-512 FP16",
    "amx_tile": "AMX",
    "amx_int8": "AMX INT8",
    "amx_bf16": "AMX BF16",
    "asimd": "NEON",
    "asimddp": "dot product",
    "i8mm": "I8MM",
    "bf16": "BF16",
    "sve": "SVE",
}
"""What Linux calls a feature in /proc/cpuinfo, and what people call it."""

_WINDOWS_FEATURES = {38: "SSE4.2", 39: "AVX", 40: "AVX2", 41: "AVX-512", 43: "dot product"}
"""PF_*_INSTRUCTIONS_AVAILABLE of winnt.h; Windows tells of no others that matter here."""

_MAC_SWITCHES = {
    "hw.optional.avx2_0": "AVX2",
    "hw.optional.avx512f": "AVX-512",
    "hw.optional.arm.FEAT_DotProd": "dot product",
    "hw.optional.arm.FEAT_I8MM": "I8MM",
    "hw.optional.arm.FEAT_BF16": "BF16",
}


def read_processor() -> Processor:
    """Read it; what cannot be read is unknown."""
    architecture = _architecture()
    return Processor(
        name=name_of_processor(),
        architecture=architecture,
        emulated=architecture == "x86_64" and _native_machine() == _ARM64,
        features=features_of_processor(),
        cores=_cores(),
        usable_threads=_usable_threads(),
    )


def name_of_processor() -> str:
    """Return the maker's name of the processor."""
    if sys.platform == "win32":
        return _windows_name() or platform.processor() or UNKNOWN
    if sys.platform == "darwin":
        return _sysctl("machdep.cpu.brand_string") or UNKNOWN
    return _linux_field("model name", "Model") or platform.processor() or UNKNOWN


def features_of_processor() -> Sequence[str]:
    """Return what speeds up a model, in the order of the tables above."""
    if sys.platform == "win32":
        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return [name for number, name in _WINDOWS_FEATURES.items() if present(number)]
    if sys.platform == "darwin":
        return [name for switch, name in _MAC_SWITCHES.items() if _sysctl(switch) == "1"]
    flags = set((_linux_field("flags", "Features") or "").split())
    return [name for flag, name in _LINUX_FLAGS.items() if flag in flags]


def _linux_field(*names: str) -> str | None:
    try:
        lines = _CPUINFO.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() in names and value.strip():
            return value.strip()
    return None


def _windows_name() -> str | None:
    if sys.platform != "win32":
        return None
    import winreg

    place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0]).strip()
    except OSError:
        return None


def _sysctl(name: str) -> str | None:
    command = ["/usr/sbin/sysctl", "-n", name]
    try:
        ended = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=5)
    except (OSError, subprocess.SubprocessError):
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None


def _architecture() -> str:
    """Return what this Python was built for; `platform.machine` may tell of the hardware's."""
    built_for = sysconfig.get_platform().rpartition("-")[2].lower()
    named = built_for if sys.platform != "darwin" else platform.machine().lower()
    return {"amd64": "x86_64", "aarch64": "arm64"}.get(named, named)


def _native_machine() -> int:
    if sys.platform != "win32":
        return 0
    process, native = ctypes.c_ushort(), ctypes.c_ushort()
    try:
        kernel = ctypes.WinDLL("kernel32")
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        this = ctypes.c_void_p(kernel.GetCurrentProcess())
        kernel.IsWow64Process2(this, ctypes.byref(process), ctypes.byref(native))
    except (OSError, AttributeError):
        return 0
    return native.value


def _cores() -> int | None:
    try:
        import psutil  # costs the sidecar's start too much, and a runtime's environment lacks it

        return psutil.cpu_count(logical=False)
    except (ImportError, OSError):
        return None


def _usable_threads() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
