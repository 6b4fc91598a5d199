import subprocess
import sys
import zipfile

import pytest
from phi_sidecar.progress import ignore
from phi_sidecar.provision import long_paths, process
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.long_paths import longest_path, without_long_paths
from phi_sidecar.provision.recipes import Recipe

LICENCES = "deep-1.0.dist-info/licenses"
LONG_LICENCE = f"{LICENCES}/third_party/{'folder/' * 12}LICENSE"
LONG_HEADER = f"deep/include/{'folder/' * 12}attention.h"
FILES = {
    "deep/__init__.py": b"VALUE = 1\n",
    "deep/include/short.h": b"// short\n",
    LONG_HEADER: b"// long\n",
    f"{LICENCES}/LICENSE": b"its own\n",
    LONG_LICENCE: "© somebody else's\n".encode(),
}
LONGEST = 80


@pytest.fixture
def wheel(index, tmp_path):
    index.add("deep", files=FILES)
    (name,) = index.wheels
    file = tmp_path / name
    file.write_bytes(index.wheels[name])
    return file


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "shortened"
    folder.mkdir()
    return folder


def names_in(wheel):
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        return set(archive.namelist())


def test_long_headers_go_and_long_licences_are_gathered_in_one_file(wheel, folder):
    shorter = without_long_paths(wheel, LONGEST, folder)
    gathered = f"{LICENCES}/deeper-licenses.txt"
    assert names_in(shorter) == names_in(wheel) - {LONG_HEADER, LONG_LICENCE} | {gathered}
    with zipfile.ZipFile(shorter) as archive:
        text = archive.read(gathered).decode()
        record = archive.read("deep-1.0.dist-info/RECORD").decode()
    assert LONG_LICENCE in text
    assert "© somebody else's" in text
    assert gathered in record
    assert LONG_HEADER not in record
    assert LONG_LICENCE not in record


def test_a_wheel_that_fits_is_taken_as_it_is(wheel, folder):
    assert without_long_paths(wheel, 200, folder) == wheel
    assert list(folder.iterdir()) == []


def test_a_long_file_that_may_be_needed_stays(index, tmp_path, folder):
    index.add("deep", files={**FILES, f"deep/{'folder/' * 12}module.py": b""})
    (name,) = index.wheels
    (tmp_path / name).write_bytes(index.wheels[name])
    shorter = without_long_paths(tmp_path / name, LONGEST, folder)
    assert f"deep/{'folder/' * 12}module.py" in names_in(shorter)


async def test_an_environment_is_made_where_paths_must_be_short(paths, index, monkeypatch):
    lock = index.add("deep", files=FILES)
    recipe = Recipe("tiny", "the tiny runtime", "deep", lock, index.wheel_bytes)
    limit = len(str(paths.environments)) + 75 + LONGEST
    monkeypatch.setattr(long_paths, "longest_path", lambda: limit)
    python = await Environments(paths, {"tiny": recipe}).prepare("tiny", ignore)

    installed = list(python.parents[1].rglob("*"))
    assert not [file for file in installed if len(str(file)) > limit]
    assert [file for file in installed if file.name == "deeper-licenses.txt"]
    assert not (python.parents[1] / "shortened").exists()
    check = (
        "from importlib.metadata import files;"
        " print(all(file.locate().exists() for file in files('deep')))"
    )
    printed = await process.run([str(python), "-c", check], env={})
    assert printed.stdout == ("True",)


@pytest.mark.skipif(sys.platform == "win32", reason="there it depends on a setting of the system")
def test_only_windows_limits_paths():
    assert longest_path() is None


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows")
def test_windows_own_setting_is_asked():
    query = r"reg query HKLM\SYSTEM\CurrentControlSet\Control\FileSystem /v LongPathsEnabled"
    told = subprocess.run(query.split(), capture_output=True, encoding="utf-8", check=False).stdout
    assert (longest_path() is None) == told.strip().endswith("0x1")
