"""The build of the NPU library, on an archive as small as can be and a real compiler."""

import asyncio
import io
import os
import shutil
import subprocess
import sys
import tarfile

import psutil
import pytest
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.progress import ignore
from phi_sidecar.provision import process
from phi_sidecar.provision.environments import Environments, EnvironmentState
from phi_sidecar.provision.npu_build import NpuLibraryBuild
from phi_sidecar.provision.recipes import Recipe

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="it is built on Linux alone"),
    pytest.mark.skipif(
        shutil.which("c++") is None and "CI" not in os.environ, reason="no C++ compiler is here"
    ),
]

MODULE = "intel_npu_acceleration_library"
ARCHIVE = f"{MODULE}-1.4.0.tar.gz"
METADATA = f"Metadata-Version: 2.1\nName: {MODULE}\nVersion: 1.4.0\n"
INIT = """\
import ctypes, pathlib
lib = pathlib.Path(__file__).parent / "lib"
ctypes.CDLL(str(lib / "libopenvino.so"))
answer = ctypes.CDLL(str(lib / "libintel_npu_acceleration_library.so")).answer()
"""
BINDINGS = """\
#include "openvino/version.h"
#include "intel_npu_acceleration_library/add.h"
extern "C" int openvino_version();
extern "C" int answer() { return add(openvino_version(), OPENVINO_HEADER); }
"""


def source_archive(**changed):
    files = {
        "PKG-INFO": METADATA,
        "LICENSE": "as is",
        # What its makers' own build would do.
        "setup.py": "raise SystemExit('the archive was run')",
        "src/bindings.cpp": BINDINGS,
        f"include/{MODULE}/add.h": "inline int add(int a, int b) { return a + b; }\n",
        f"{MODULE}/__init__.py": INIT,
        **changed,
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(f"{MODULE}-1.4.0/{name}")
            entry.size = len(text.encode())
            archive.addfile(entry, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.fixture(scope="module")
def openvino_library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("openvino")
    source, library = folder / "openvino.cpp", folder / "libopenvino.so.2440"
    source.write_text('extern "C" int openvino_version() { return 40; }\n', encoding="utf-8")
    command = ["c++", "-shared", "-fPIC", str(source), "-o", str(library)]
    subprocess.run([*command, "-Wl,-soname,libopenvino.so.2440"], check=True)
    return library.read_bytes()


@pytest.fixture
def offered(index, openvino_library):
    """The lock of an environment, all of which the index offers."""
    openvino = index.add(
        "openvino",
        files={
            "openvino/__init__.py": b"",
            "openvino/include/openvino/version.h": b"#define OPENVINO_HEADER 2\n",
            "openvino/libs/libopenvino.so.2440": openvino_library,
        },
    )
    index.wheels[ARCHIVE] = source_archive()
    return f"{openvino}{MODULE}==1.4.0 --hash=sha256:{index.sha256(ARCHIVE)}\n"


def environments_of(paths, index, lock, build):
    recipe = Recipe("npu", "the NPU library", MODULE, lock, index.wheel_bytes, build=build)
    return Environments(paths, {"npu": recipe})


@pytest.fixture
def environments(paths, index, offered, monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    return environments_of(paths, index, offered, NpuLibraryBuild())


@pytest.fixture
def compiler(tmp_path, monkeypatch):
    """Stand in for the compiler: a script of the test's own."""

    def put(script):
        program = tmp_path / "compiler"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)
        monkeypatch.setenv("CXX", str(program))

    return put


def made_folders(paths):
    return [entry.name for entry in paths.environments.iterdir() if entry.suffix != ".lock"]


def kept_downloads(paths):
    return sorted(file.name for file in paths.downloads.glob("*/*") if file.is_file())


async def test_it_is_built_against_the_openvino_beside_it_and_starts(environments, paths):
    told = []
    python = await environments.prepare("npu", told.append)

    script = (
        f"import {MODULE} as npu; from importlib.metadata import files, version;"
        f" print(npu.answer, version('{MODULE}'), len(files('{MODULE}')) > 5)"
    )
    printed = await process.run([str(python), "-c", script], env=os.environ)
    assert printed.stdout == ("42 1.4.0 True",)
    assert "Building the NPU library" in [step.step for step in told]
    (folder,) = made_folders(paths)
    assert not (paths.environments / folder / "build").exists()
    assert kept_downloads(paths) == []


async def test_both_the_library_and_openvino_itself_load_one_and_the_same(environments):
    python = await environments.prepare("npu", ignore)
    (packages,) = python.parents[1].glob("lib/python*/site-packages")
    beside = packages / MODULE / "lib" / "libopenvino.so.2440"
    assert beside.samefile(packages / "openvino" / "libs" / "libopenvino.so.2440")
    assert not beside.readlink().is_absolute()


async def test_the_licence_is_installed_along(environments):
    python = await environments.prepare("npu", ignore)
    (licence,) = python.parents[1].rglob(f"{MODULE}-1.4.0.dist-info/licenses/LICENSE")
    assert licence.read_text(encoding="utf-8") == "as is"


async def test_without_a_compiler_it_says_what_to_install_before_anything_is_fetched(
    environments, index, tmp_path, monkeypatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PreparationFailed, match=r"no C\+\+ compiler was found") as failure:
        await environments.prepare("npu", ignore)
    assert "apt install g++" in failure.value.remedy
    assert index.fetched == {}
    row = environments.describe("npu")
    assert "compiler" in row.obstacle
    assert "apt install g++" in row.remedy


async def test_a_compiler_that_is_named_but_not_there_counts_as_none(environments, monkeypatch):
    monkeypatch.setenv("CXX", "no-such-compiler --fast")
    assert "compiler" in str(environments.obstacle("npu"))


async def test_a_compiler_s_first_complaint_is_told_and_what_was_fetched_is_kept(
    environments, index, paths, compiler, monkeypatch
):
    compiler("echo 'a.cpp:3:1: error: no such type' >&2; echo '1 error: stop' >&2; exit 1")
    with pytest.raises(PreparationFailed, match=r"Building .* failed: .*no such type"):
        await environments.prepare("npu", ignore)
    assert environments.state("npu") is EnvironmentState.MISSING
    assert made_folders(paths) == []
    assert kept_downloads(paths) == [ARCHIVE, "openvino-1.0-py3-none-any.whl"]

    monkeypatch.delenv("CXX")
    fetched = dict(index.fetched)
    await environments.prepare("npu", ignore)
    assert index.fetched == fetched


async def test_a_real_error_in_the_source_is_told(paths, index, offered, monkeypatch):
    monkeypatch.delenv("CXX", raising=False)
    old = index.sha256(ARCHIVE)
    index.wheels[ARCHIVE] = source_archive(**{"src/bindings.cpp": "#include <no_such_header>\n"})
    lock = offered.replace(old, index.sha256(ARCHIVE))
    environments = environments_of(paths, index, lock, NpuLibraryBuild())
    with pytest.raises(PreparationFailed, match="no_such_header") as failure:
        await environments.prepare("npu", ignore)
    assert "g++" in failure.value.remedy


async def test_a_full_disk_while_building_is_told_as_such(environments, compiler):
    compiler("echo 'fatal error: cannot write: No space left on device' >&2; exit 1")
    with pytest.raises(PreparationFailed, match="the disk is full"):
        await environments.prepare("npu", ignore)


async def test_a_cancelled_build_ends_the_compiler_and_leaves_only_downloads(
    environments, paths, compiler, tmp_path
):
    begun = tmp_path / "begun"
    compiler(f"echo $$ > {begun}.new; mv {begun}.new {begun}; exec sleep 600")
    preparing = asyncio.create_task(environments.prepare("npu", ignore))
    while not begun.exists():  # noqa: ASYNC110
        await asyncio.sleep(0.02)
    preparing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await preparing

    assert not psutil.pid_exists(int(begun.read_text()))
    assert made_folders(paths) == []
    assert kept_downloads(paths) == [ARCHIVE, "openvino-1.0-py3-none-any.whl"]


async def test_an_archive_that_is_not_the_pinned_one_is_refused(environments, index, paths):
    environments.plan("npu")
    index.wheels[ARCHIVE] = source_archive(**{"src/bindings.cpp": "int planted() { return 1; }\n"})
    with pytest.raises(PreparationFailed, match="hash differs"):
        await environments.prepare("npu", ignore)
    assert ARCHIVE not in kept_downloads(paths)
    assert made_folders(paths) == []


async def test_what_nothing_here_can_build_is_refused_with_the_pythons_that_do(
    paths, index, offered
):
    environments = environments_of(paths, index, offered, build=None)
    with pytest.raises(
        PreparationFailed, match=f"no build of {MODULE.replace('_', '-')}"
    ) as failure:
        await environments.prepare("npu", ignore)
    assert "3.11 or 3.12" in failure.value.remedy
    assert index.fetched == {}
