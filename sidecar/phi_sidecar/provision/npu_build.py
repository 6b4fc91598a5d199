"""Build the Intel NPU Acceleration Library where there is no wheel of it: on Linux.

Its own build fetches OpenVINO from elsewhere, asks for CMake and certain distributions, and takes
every warning for an error. What it makes in the end is one shared library from one source file, so
that file is compiled here, against the OpenVINO that is in the environment.
"""

import asyncio
import os
import platform
import shlex
import shutil
import sys
import tarfile
from collections.abc import Sequence
from pathlib import Path

from packaging.utils import NormalizedName, canonicalize_name

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision import failures, process
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.source_build import BuildSite

_MODULE = "intel_npu_acceleration_library"
_COMPILERS = ("c++", "g++", "clang++")
_LINUX_MACHINES = ("x86_64", "AMD64")

_FLAGS = (
    "-std=c++17",
    "-O3",
    "-DNDEBUG",
    "-fPIC",
    "-shared",
    # Its conversions are written in AVX2 and F16C; every processor with an Intel NPU has both.
    "-mavx2",
    "-mf16c",
    # As openvino/cmake/OpenVINOTargets.cmake in the wheel of 2024.4 says for `openvino::runtime`.
    "-D_GLIBCXX_USE_CXX11_ABI=0",
    "-DOV_THREAD=OV_THREAD_TBB",
)


class NpuLibraryBuild:
    """Compiles the library's native part and installs it beside its Python files."""

    package: NormalizedName = canonicalize_name(_MODULE)

    def obstacle(self) -> PreparationFailed | None:
        """Tell why it cannot be built on this machine, or None."""
        if sys.platform != "linux" or platform.machine() not in _LINUX_MACHINES:
            return PreparationFailed(
                "The Intel NPU Acceleration Library exists for Windows and Linux on x86-64 alone.",
                remedy="Choose another accelerator.",
            )
        if _compiler() is None:
            return PreparationFailed(
                "On Linux the Intel NPU Acceleration Library is compiled when it is set up,"
                " and no C++ compiler was found.",
                remedy="Install one (Debian, Ubuntu: sudo apt install g++; Fedora: sudo dnf install"
                " gcc-c++), or name yours in the variable CXX, and try again.",
            )
        return None

    async def run(self, site: BuildSite) -> None:
        """Compile, and put the package into the environment.

        Raises:
            PreparationFailed: there is no compiler, or it gave up; its complaint is told.
        """
        compiler = _compiler()
        if compiler is None:
            obstacle = self.obstacle()
            assert obstacle is not None
            raise obstacle
        source = await asyncio.to_thread(_unpack, site.archive, site.scratch)
        openvino = site.packages / "openvino"
        library = source / _MODULE / "lib" / f"lib{_MODULE}.so"
        library.parent.mkdir()
        argv = (
            *compiler,
            *_FLAGS,
            f"-I{source / 'include'}",
            f"-I{openvino / 'include'}",
            str(source / "src" / "bindings.cpp"),
            str(_openvino_library(openvino)),
            # Beside it, wherever the environment is moved to.
            "-Wl,-rpath,$ORIGIN",
            "-o",
            str(library),
        )
        env = clean_environ() | {"TMPDIR": str(site.scratch), "LC_ALL": "C"}
        ended = await process.run(argv, env=env, cwd=site.scratch)
        if ended.code != 0:
            raise _gave_up(site.title, ended.said)
        await asyncio.to_thread(_install, source, site.packages)


def _compiler() -> tuple[str, ...] | None:
    """Return the command that compiles C++: what CXX names, or what is usual."""
    chosen = shlex.split(os.environ.get("CXX", ""))
    if chosen:
        found = shutil.which(chosen[0])
        return (found, *chosen[1:]) if found else None
    return next(((found,) for name in _COMPILERS if (found := shutil.which(name))), None)


def _unpack(archive: Path, folder: Path) -> Path:
    """Unpack; return the one folder that all of it is in."""
    with tarfile.open(archive) as packed:
        # Python 3.11 has the filter from 3.11.4 on. The archive is the one whose hash is pinned.
        if hasattr(tarfile, "data_filter"):
            packed.extractall(folder, filter="data")
        else:
            packed.extractall(folder)  # noqa: S202
    (source,) = (entry for entry in folder.iterdir() if entry.is_dir())
    return source


def _openvino_library(openvino: Path) -> Path:
    """Return the wheel's `libopenvino.so.2440`, whatever its number."""
    (library,) = (openvino / "libs").glob("libopenvino.so.*")
    return library


def _gave_up(title: str, said: Sequence[str]) -> PreparationFailed:
    """Tell the compiler's first complaint: those after it follow from it."""
    what = f"Building {title} failed"
    if any("No space left" in line for line in said):
        return failures.from_output(what, said)
    errors = [line for line in said if "error:" in line or "ld: " in line]
    complaint = failures.last_words(errors[:1] or said)
    return PreparationFailed(
        f"{what}: {complaint}",
        remedy="Use g++ 9 or clang 10 or newer, with the headers of its C++ library,"
        " and try again; what was downloaded is kept.",
    )


def _install(source: Path, packages: Path) -> None:
    """Put the built package into site-packages, as an installer would."""
    place = packages / _MODULE
    shutil.copytree(source / _MODULE, place)
    # The library is loaded from here together with OpenVINO's. Links, so that both this package
    # and `import openvino` get one and the same: two copies in a process get into each other's way.
    library = _openvino_library(packages / "openvino")
    for file in library.parent.iterdir():
        (place / "lib" / file.name).symlink_to(Path("..", "..", "openvino", "libs", file.name))
    (place / "lib" / "libopenvino.so").symlink_to(library.name)
    name = source.name  # intel_npu_acceleration_library-1.4.0, as the archive's
    info = packages / f"{name}.dist-info"
    (info / "licenses").mkdir(parents=True)
    shutil.copyfile(source / "PKG-INFO", info / "METADATA")
    shutil.copyfile(source / "LICENSE", info / "licenses" / "LICENSE")
    (info / "INSTALLER").write_text("phi-sidecar\n", encoding="utf-8")
    files = [file for folder in (place, info) for file in folder.rglob("*") if not file.is_dir()]
    record = "".join(f"{file.relative_to(packages).as_posix()},,\n" for file in sorted(files))
    (info / "RECORD").write_text(f"{record}{info.name}/RECORD,,\n", encoding="utf-8")
