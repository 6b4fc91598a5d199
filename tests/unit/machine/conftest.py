import importlib.util
from pathlib import Path

import pytest

_file = Path(__file__).with_name("recorded_machines.py")
_spec = importlib.util.spec_from_file_location("recorded_machines", _file)
recorded_machines = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(recorded_machines)


@pytest.fixture
def recorded():
    """Recorded machines by name: `recorded.machine(name)`, and `recorded.facts(name)`."""
    return recorded_machines
