import dataclasses

import pytest
from packaging.markers import default_environment
from packaging.tags import compatible_tags, cpython_tags
from packaging.version import Version
from phi_sidecar.provision.obstacles import note_on
from phi_sidecar.provision.plan import Form, Pin, Target, batches, make_plan
from phi_sidecar.provision.recipes import known_recipes
from phi_sidecar.provision.target import this_machine

A, B = "a" * 64, "b" * 64
LOCK = f"""\
# This file was made by a tool.
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
    # via openvino
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:{B}
    # via openvino
Typing_Extensions==4.16.0 --hash=sha256:{A}
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:{A}
"""


def target(version="3.11.7", platform="linux", wheels=("manylinux_2_28_x86_64",)):
    major, minor, _ = version.split(".")
    windows = platform == "win32"
    markers = {
        **default_environment(),
        "python_full_version": version,
        "python_version": f"{major}.{minor}",
        "sys_platform": platform,
        "platform_system": "Windows" if windows else "Linux",
        "platform_machine": "AMD64" if windows else "x86_64",
        "os_name": "nt" if windows else "posix",
    }
    return Target(
        markers=markers,
        tags=tuple(cpython_tags((int(major), int(minor)), platforms=wheels)),
        tag=f"cpython-{major}.{minor}",
        platform=f"{platform}-x86_64",
    )


def versions(plan):
    return {pin.name: pin.version for pin in plan.pins}


def test_only_what_this_platform_needs_is_planned():
    assert versions(make_plan(LOCK, {}, target())) == {
        "numpy": "2.4.6",
        "typing-extensions": "4.16.0",
    }
    assert versions(make_plan(LOCK, {}, target("3.13.1", "win32"))) == {
        "numpy": "2.5.5",
        "typing-extensions": "4.16.0",
        "colorama": "0.4.6",
    }


def test_every_hash_of_a_package_is_kept():
    numpy = make_plan(LOCK, {}, target()).pins[0]
    assert numpy.sha256 == {A, B}
    assert numpy.requirement == f"numpy==2.4.6 --hash=sha256:{A} --hash=sha256:{B}"


def test_the_size_is_that_of_the_wheel_that_suits_the_machine():
    sizes = {
        "numpy-2.4.6-cp311-cp311-manylinux_2_28_x86_64.whl": 16,
        "numpy-2.4.6-cp312-cp312-manylinux_2_28_x86_64.whl": 17,
        "numpy-2.4.6-cp311-cp311-win_amd64.whl": 12,
        "typing_extensions-4.16.0-py3-none-any.whl": 1,
        "not a wheel.txt": 5,
    }
    plan = make_plan(LOCK, sizes, target())
    assert plan.pins[0].bytes == 16
    assert make_plan(LOCK, sizes, target(wheels=("win_amd64",))).pins[0].bytes == 12


def test_an_unknown_size_makes_the_total_unknown():
    assert make_plan(LOCK, {}, target()).download_bytes is None


@pytest.mark.parametrize(
    "other",
    [
        make_plan(LOCK.replace(A, B), {}, target()),
        make_plan(LOCK, {}, target("3.12.0")),
        make_plan(LOCK, {}, target(platform="win32")),
    ],
    ids=["lock", "python", "platform"],
)
def test_the_key_tells_locks_pythons_and_platforms_apart(other):
    plan = make_plan(LOCK, {}, target())
    assert plan.key == make_plan(LOCK, {"numpy-2.4.6-py3-none-any.whl": 1}, target()).key
    assert plan.key != other.key


def test_heavy_packages_are_downloaded_alone_and_light_ones_together():
    sizes = {"small": 10, "large": 9_000_000, "tiny": 1, "huge": 80_000_000, "unknown": None}
    pins = [Pin(name, "1", frozenset({A}), size) for name, size in sizes.items()]
    assert [[pin.name for pin in batch] for batch in batches(pins)] == [
        ["huge"],
        ["large"],
        ["unknown"],
        ["small", "tiny"],
    ]


LINUX = (
    "linux",
    [*(f"manylinux_2_{minor}_x86_64" for minor in range(39, 4, -1)), "manylinux2014_x86_64"],
)
WINDOWS = ("win32", ["win_amd64"])


def shipped_plan(name, version, system):
    """The plan of a recipe that ships, for another machine."""
    platform, wheels = system
    there = target(version, platform, wheels)
    of_this_version = tuple(map(int, version.split(".")[:2]))
    pure = compatible_tags(python_version=of_this_version, platforms=wheels)
    there = dataclasses.replace(there, tags=(*there.tags, *pure))
    recipe = known_recipes()[name]
    return make_plan(recipe.lock, recipe.file_bytes, there, growth=recipe.growth)


@pytest.mark.parametrize("name", known_recipes())
@pytest.mark.parametrize("version", ["3.11.0", "3.12.0"])
@pytest.mark.parametrize("system", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_all_that_is_shipped_can_be_had_on_windows_and_linux(name, version, system):
    plan = shipped_plan(name, version, system)
    assert [pin.name for pin in plan.unavailable] == []
    assert [pin.name for pin in plan.pins if pin.bytes is None] == []
    assert 50_000_000 < plan.download_bytes < 500_000_000


@pytest.mark.parametrize("version", ["3.13.0", "3.14.0"])
@pytest.mark.parametrize("system", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_newer_pythons_get_all_but_the_npu_library(version, system):
    unavailable = {
        name: {pin.name for pin in shipped_plan(name, version, system).unavailable}
        for name in known_recipes()
    }
    assert "numpy" in unavailable.pop("npu")
    assert unavailable == {"openvino": set(), "directml": set(), "convert": set()}


@pytest.mark.parametrize("name", ["npu", "convert"])
@pytest.mark.parametrize("version", ["3.11.0", "3.12.0"])
def test_torch_is_the_cpu_build_everywhere(name, version):
    assert versions(shipped_plan(name, version, LINUX))["torch"] == "2.13.0+cpu"
    windows = shipped_plan(name, version, WINDOWS)
    assert versions(windows)["torch"] == "2.13.0"
    # The registry's wheel for Windows; one with CUDA takes more than two gigabytes.
    (torch,) = (pin for pin in windows.pins if pin.name == "torch")
    assert torch.bytes < 200_000_000


def test_where_torch_comes_from_is_said_only_where_pip_must_be_told():
    assert "PyTorch's own package index" in note_on(shipped_plan("npu", "3.12.0", LINUX))
    assert note_on(shipped_plan("npu", "3.12.0", WINDOWS)) is None
    assert note_on(shipped_plan("openvino", "3.12.0", LINUX)) is None


@pytest.mark.parametrize("name", known_recipes())
@pytest.mark.parametrize("system", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_nothing_shipped_is_for_cuda_or_reports_to_its_makers(name, system):
    names = set(versions(shipped_plan(name, "3.11.0", system)))
    assert not [each for each in names if each.startswith(("nvidia", "cuda")) or each == "triton"]
    assert not names & {"openvino-telemetry", "hf-xet", "torchvision"}


@pytest.mark.parametrize("name", ["directml", "convert"])
@pytest.mark.parametrize("system", [LINUX, WINDOWS], ids=["linux", "windows"])
def test_onnx_runtime_is_older_than_those_that_report_from_every_system(name, system):
    here = versions(shipped_plan(name, "3.11.0", system))
    found = {
        Version(here[each]) for each in ("onnxruntime", "onnxruntime-directml") if each in here
    }
    assert found
    assert max(found) < Version("1.29")


def test_the_npu_library_is_built_on_linux_and_comes_as_a_wheel_on_windows():
    assert [pin.name for pin in shipped_plan("npu", "3.12.0", LINUX).built] == [
        "intel-npu-acceleration-library"
    ]
    assert shipped_plan("npu", "3.12.0", WINDOWS).built == ()


@pytest.mark.parametrize(
    ("system", "package"),
    [(LINUX, "onnxruntime-genai"), (WINDOWS, "onnxruntime-genai-directml")],
    ids=["linux", "windows"],
)
def test_onnx_runtime_genai_comes_with_directml_where_that_exists(system, package):
    here = versions(shipped_plan("directml", "3.11.0", system))
    assert here[package] == "0.13.1"
    assert {name for name in here if name.startswith("onnxruntime-genai")} == {package}
    assert {name for name in here if name in ("onnxruntime", "onnxruntime-directml")} == {
        package.replace("-genai", "")
    }


def test_a_package_whose_wheels_are_for_others_comes_as_source_where_that_is_recorded():
    lock = f"native==1.0 --hash=sha256:{A}\n"
    elsewhere = {"native-1.0-cp311-cp311-win_amd64.whl": 9}
    assert make_plan(lock, elsewhere, target()).unavailable[0].name == "native"
    (pin,) = make_plan(lock, {**elsewhere, "native-1.0.tar.gz": 7}, target()).built
    assert (pin.form, pin.bytes) == (Form.SOURCE, 7)
    windows = target(platform="win32", wheels=("win_amd64",))
    (pin,) = make_plan(lock, {**elsewhere, "native-1.0.tar.gz": 7}, windows).pins
    assert (pin.form, pin.bytes) == (Form.WHEEL, 9)


def test_a_source_archive_is_downloaded_alone_however_light():
    pins = [
        Pin("light", "1", frozenset({A}), 10),
        Pin("source", "1", frozenset({A}), 10, Form.SOURCE),
    ]
    assert [[pin.name for pin in batch] for batch in batches(pins)] == [["source"], ["light"]]


def test_the_sizes_of_all_that_is_shipped_are_known_on_this_machine():
    for recipe in known_recipes().values():
        assert make_plan(recipe.lock, recipe.file_bytes, this_machine()).download_bytes is not None
