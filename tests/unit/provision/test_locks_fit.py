"""The gate that compares the lock files with pyproject.toml."""

import importlib.util
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
spec = importlib.util.spec_from_file_location("locks_fit", ROOT / "tools" / "locks_fit.py")
locks_fit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(locks_fit)


@pytest.fixture
def checkout(tmp_path):
    """A copy of what the gate reads."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for folder in ("requirements", "sidecar/phi_sidecar/provision/locks"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def test_the_locks_of_this_checkout_fit(checkout):
    assert locks_fit.complaints(checkout) == []


@pytest.mark.parametrize(
    ("lock", "pin"),
    [
        ("requirements/test-models.txt", "gguf==0.19.0"),
        ("requirements/dev.txt", "hatchling==1.33.0"),
        ("sidecar/phi_sidecar/provision/locks/convert.txt", "optimum-intel==1.27.0"),
    ],
)
def test_another_version_than_the_one_asked_for_is_told(checkout, lock, pin):
    name, _, version = pin.partition("==")
    file = checkout / lock
    file.write_text(file.read_text().replace(pin, f"{name}==0.0.1"))
    (told,) = locks_fit.complaints(checkout)
    assert told == f"{lock} has ['0.0.1'] for {name}=={version}"


def test_a_package_that_is_unpacked_for_nobody_is_told(checkout):
    lock = checkout / "requirements" / "test-models.txt"
    lock.write_text(lock.read_text() + "left-over==1.0\n")
    assert locks_fit.complaints(checkout) == [
        "requirements/test-models.txt has left-over, which nothing asks for"
    ]
