import dataclasses

import pytest
from packaging.markers import default_environment
from packaging.tags import compatible_tags, cpython_tags
from phi_sidecar.provision.environments import this_machine
from phi_sidecar.provision.plan import Pin, Target, batches, make_plan
from phi_sidecar.provision.recipes import known_recipes

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
    markers = {**default_environment(), "python_full_version": version, "sys_platform": platform}
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


@pytest.mark.parametrize("name", known_recipes())
@pytest.mark.parametrize("version", ["3.11.0", "3.12.0", "3.13.0", "3.14.0"])
@pytest.mark.parametrize(
    ("platform", "wheels"),
    [
        ("linux", [f"manylinux_2_{minor}_x86_64" for minor in range(39, 4, -1)]),
        ("win32", ["win_amd64"]),
    ],
)
def test_the_sizes_of_all_that_is_shipped_are_recorded(name, version, platform, wheels):
    recipe = known_recipes()[name]
    there = target(version, platform, wheels)
    pure = compatible_tags(python_version=(3, 11), platforms=wheels)
    there = dataclasses.replace(there, tags=(*there.tags, *pure))
    plan = make_plan(recipe.lock, recipe.wheel_bytes, there)
    assert [pin.name for pin in plan.pins if pin.bytes is None] == []
    assert 50_000_000 < plan.download_bytes < 400_000_000


def test_the_sizes_of_all_that_is_shipped_are_known_on_this_machine():
    for recipe in known_recipes().values():
        assert make_plan(recipe.lock, recipe.wheel_bytes, this_machine()).download_bytes is not None
