"""The step of `npm run lock` that takes torch's CPU build on Linux."""

import importlib.util
from pathlib import Path

import pytest
from packaging.utils import parse_wheel_filename
from phi_sidecar.provision.recipes import known_recipes

SCRIPT = Path(__file__).parents[3] / "tools" / "cpu_torch.py"
spec = importlib.util.spec_from_file_location("cpu_torch", SCRIPT)
cpu_torch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cpu_torch)

A, B = "a" * 64, "b" * 64
LOCK = f"""\
sympy==1.14.0 \\
    --hash=sha256:{A}
torch==2.13.0 \\
    --hash=sha256:{A} \\
    --hash=sha256:{B}
    # via npu
tqdm==4.70.1 \\
    --hash=sha256:{B}
"""


def test_linux_gets_a_torch_of_its_own_and_the_others_keep_theirs():
    after = cpu_torch.split_torch(LOCK)
    entries = [line for line in after.splitlines() if not line.startswith(" ")]
    assert entries == [
        "sympy==1.14.0 \\",
        "torch==2.13.0 ; sys_platform != 'linux' \\",
        "torch==2.13.0+cpu ; sys_platform == 'linux' \\",
        "tqdm==4.70.1 \\",
    ]
    of_linux = after.partition("+cpu")[2].partition("tqdm")[0]
    assert all(digest in of_linux for digest, _ in cpu_torch.CPU_WHEELS.values())
    assert A not in of_linux


def test_a_lock_without_torch_stays_as_it_is():
    assert cpu_torch.split_torch("sympy==1.14.0 \\\n    --hash=sha256:a\n").startswith("sympy")


def test_doing_it_twice_changes_nothing_more():
    once = cpu_torch.split_torch(LOCK)
    assert cpu_torch.split_torch(once) == once


def test_another_torch_than_the_known_one_stops_the_lock():
    with pytest.raises(SystemExit, match=r"torch 2\.14\.0 is locked"):
        cpu_torch.split_torch(LOCK.replace("torch==2.13.0", "torch==2.14.0"))


@pytest.mark.parametrize("name", ["npu", "convert"])
def test_what_ships_was_made_by_it(name):
    recipe = known_recipes()[name]
    for wheel, (digest, size) in cpu_torch.CPU_WHEELS.items():
        parse_wheel_filename(wheel)
        assert digest in recipe.lock
        assert recipe.file_bytes[wheel] == size
