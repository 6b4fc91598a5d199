import pytest
from phi_sidecar.backends.openvino_devices import is_found, is_same


@pytest.mark.parametrize(
    ("device", "found", "there"),
    [
        ("CPU", ["CPU"], True),
        ("GPU", ["CPU", "GPU"], True),
        ("GPU", ["CPU", "GPU.0", "GPU.1"], True),
        ("GPU.1", ["CPU", "GPU.0", "GPU.1"], True),
        # Chosen while there was another one beside it.
        ("GPU.0", ["CPU", "GPU"], True),
        ("GPU.1", ["CPU", "GPU"], False),
        ("GPU.1", ["CPU", "GPU.0", "GPU.10"], False),
        ("NPU", ["CPU", "GPU"], False),
        ("GPU", ["CPU"], False),
    ],
)
def test_a_device_is_found_by_its_number_or_its_kind(device, found, there):
    assert is_found(device, found) is there


@pytest.mark.parametrize(
    ("asked", "executing", "same"),
    [
        ("CPU", "CPU", True),
        ("GPU", "GPU.0", True),
        ("GPU.0", "GPU.0", True),
        ("GPU.0", "GPU", True),
        ("GPU.1", "GPU.0", False),
        ("GPU.1", "GPU.10", False),
        ("NPU", "CPU", False),
        ("GPU.0", "CPU", False),
    ],
)
def test_what_executes_is_what_was_asked_for_unless_kind_or_number_differ(asked, executing, same):
    assert is_same(asked, executing) is same
