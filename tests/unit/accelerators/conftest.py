import importlib.util
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("lists", Path(__file__).with_name("lists.py"))
_lists = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_lists)


@pytest.fixture
def lists():
    """What the product lists on the recorded machines."""
    return _lists


@pytest.fixture
def machine():
    """Return a recorded machine by its name."""
    return _lists.recorded_machines().machine


def pytest_generate_tests(metafunc):
    if "recorded_name" in metafunc.fixturenames:
        metafunc.parametrize("recorded_name", _lists.names())
