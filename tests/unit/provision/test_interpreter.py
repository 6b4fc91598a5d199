import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest
from phi_sidecar.provision import bootstrap
from phi_sidecar.provision.interpreter import module_command, own_python
from phi_sidecar.provision.stamp import interpreter_in

ECHO = "phi_sidecar.backends.echo:Echo"


@pytest.fixture
def bare_python(tmp_path):
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(tmp_path / "bare")
    return interpreter_in(tmp_path / "bare")


def run(command, **options):
    return subprocess.run(
        command.argv, env=command.env, capture_output=True, text=True, check=True, **options
    )


def test_a_module_of_ours_runs_in_an_environment_that_does_not_have_it(bare_python):
    ended = run(module_command(bare_python, "phi_sidecar.accelerators.probe", ECHO))
    assert json.loads(ended.stdout)["devices"][0]["device"] == "echo"


def test_a_module_of_ours_runs_in_our_own_interpreter():
    ended = run(module_command(own_python(), "phi_sidecar.accelerators.probe", ECHO))
    assert json.loads(ended.stdout)["devices"][0]["device"] == "echo"


def test_nothing_else_of_the_folder_that_holds_us_is_reachable(bare_python, tmp_path):
    site = tmp_path / "site-packages"
    package = site / bootstrap.PACKAGE
    (package / "provision").mkdir(parents=True)
    (site / "numpy.py").write_text("", encoding="utf-8")
    (package / "__init__.py").write_text("", encoding="utf-8")
    (package / "provision" / "__init__.py").write_text("", encoding="utf-8")
    script = package / "provision" / "bootstrap.py"
    script.write_text(Path(bootstrap.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (package / "look.py").write_text(
        "import sys\n"
        "from importlib.util import find_spec\n"
        "names = ('phi_sidecar', 'phi_sidecar.look', 'numpy', 'stamp', 'pygls')\n"
        "print(*(name for name in names if find_spec(name)), *sys.argv[1:])\n",
        encoding="utf-8",
    )
    argv = [bare_python, "-I", script, "phi_sidecar.look", "--as-given"]
    printed = subprocess.check_output(argv, text=True)
    assert printed.split() == ["phi_sidecar", "phi_sidecar.look", "--as-given"]


@pytest.mark.parametrize("own", [True, False])
def test_modules_planted_in_the_current_folder_are_not_imported(bare_python, tmp_path, own):
    (tmp_path / "json.py").write_text("raise SystemExit('planted')\n", encoding="utf-8")
    python = own_python() if own else bare_python
    run(module_command(python, "phi_sidecar.accelerators.probe", ECHO), cwd=tmp_path)


def test_what_would_change_another_python_is_not_inherited(bare_python, monkeypatch):
    for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"):
        monkeypatch.setenv(name, "/elsewhere")
    monkeypatch.setenv("KEPT", "1")
    command = module_command(bare_python, "phi_sidecar.accelerators.probe", ECHO)
    assert not {"PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"} & command.env.keys()
    assert command.env["KEPT"] == "1"
    run(command)


def test_our_own_interpreter_is_the_one_that_runs_this():
    assert str(own_python()) == sys.executable


def test_libraries_are_told_to_report_nothing_to_their_makers(bare_python):
    for python in (bare_python, own_python()):
        env = module_command(python, "phi_sidecar.accelerators.probe", ECHO).env
        assert env["ORT_DISABLE_TELEMETRY"] == env["HF_HUB_DISABLE_TELEMETRY"] == "1"
