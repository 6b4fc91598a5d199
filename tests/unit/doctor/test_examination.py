import dataclasses
import importlib.util
import json
import shutil
from pathlib import Path

import pytest
from phi_sidecar.accelerators.registry import Broken, load_backends
from phi_sidecar.accelerators.selection import Selection, SelectionFile
from phi_sidecar.doctor import examination as examination_module
from phi_sidecar.doctor.examination import examine
from phi_sidecar.doctor.markdown import report
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.generated.protocol import ModelInfo, Phase, Status, StepProgress

_spec = importlib.util.spec_from_file_location(
    "model_folders", Path(__file__).parents[1] / "models" / "model_folders.py"
)
model_folders = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(model_folders)


@pytest.fixture
def installation(paths):
    return installation_in(paths, load_backends())


async def test_a_fresh_machine_is_well_and_says_what_is_not_there_yet(installation):
    examined = await examine(installation)
    assert examined.well, [finding for finding in examined.findings if not finding.well]
    assert {environment.state for environment in examined.environments} == {"missing"}
    assert {model.state for model in examined.models} == {"missing"}
    assert examined.workers == []
    assert examined.window is None
    assert [row.id for row in examined.accelerators if row.active] == ["openvino-genai/CPU"]


async def test_what_is_not_well_is_said_with_a_remedy(installation, monkeypatch):
    read = examination_module.read_machine

    def full(data):
        return dataclasses.replace(read(data), disk_free_bytes=200_000_000)

    monkeypatch.setattr(examination_module, "read_machine", full)
    examined = await examine(installation)
    assert not examined.well
    (disk,) = (finding for finding in examined.findings if not finding.well)
    assert (disk.what, disk.found) == ("disk", "0.2 GB free")
    assert disk.remedy


async def test_a_selection_that_cannot_be_read_is_not_well(installation):
    installation.paths.data.mkdir(parents=True)
    installation.paths.selection.write_text("garbage", encoding="utf-8")
    examined = await examine(installation)
    (selection,) = (finding for finding in examined.findings if not finding.well)
    assert selection.what == "selection"
    assert selection.remedy == "Choose the accelerator again."


async def test_looking_does_not_hide_another_window_s_switch_from_this_one(installation):
    SelectionFile(installation.paths.selection).write(installation.selection.read().selection)
    assert installation.selection.changed()
    await examine(installation)
    assert installation.selection.changed()


async def test_nothing_private_is_in_any_part_of_it(paths, monkeypatch, tmp_path):
    home = tmp_path / "home" / "rosalind"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("USER", "rosalind.f")
    monkeypatch.setenv("USERNAME", "rosalind.f")
    monkeypatch.setattr("socket.gethostname", lambda: "photo51")
    monkeypatch.setattr("platform.node", lambda: "photo51")
    monkeypatch.setattr("getpass.getuser", lambda: "rosalind.f")
    told = f"rosalind.f on photo51: {home}/helix/notes.txt and /srv/genes/plans.txt are gone"
    known = load_backends()
    backends = dataclasses.replace(known, broken=(Broken("theirs", told, told),))
    status = Status(
        phase=Phase.unavailable,
        accelerator="theirs/x",
        accelerator_name="Theirs",
        reason=told,
        remedy=told,
    )
    examined = await examine(installation_in(paths, backends), status)
    everything = report(examined) + json.dumps(dataclasses.asdict(examined))
    assert "are gone" in everything
    for secret in ("rosalind", "photo51", "genes", "plans.txt", str(tmp_path)):
        assert secret not in everything, secret


async def test_an_imported_model_is_told_without_its_name_and_its_folder(installation, tmp_path):
    folder = model_folders.openvino(tmp_path / "Double Helix")
    model = await installation.imports.add(folder, "Photo 51")
    SelectionFile(installation.paths.selection).write(Selection("openvino-genai/CPU", model.id))
    status = Status(
        phase=Phase.preparing,
        accelerator="openvino-genai/CPU",
        accelerator_name="CPU (OpenVINO)",
        model=ModelInfo(id=model.id, name="Photo 51", quantization="int4", starter=False),
        progress=StepProgress(step="Converting Photo 51"),
    )
    examined = await examine(installation, status)
    assert examined.selected_model == "imported-1"
    (there,) = (each for each in examined.models if each.info.id == "imported-1")
    assert (there.state, there.bytes_on_disk > 0) == ("ready", True)
    shutil.rmtree(folder)
    without = await examine(installation, status)
    (gone,) = (finding for finding in without.findings if not finding.well)
    assert (gone.what, gone.found) == ("model imported-1, imported", "its folder is gone")
    assert gone.remedy
    for told in (examined, without):
        everything = report(told) + json.dumps(dataclasses.asdict(told))
        assert "Converting [imported-1]" in everything
        for secret in ("helix", "photo", str(tmp_path)):
            assert secret not in everything.lower(), secret


async def test_a_selected_model_that_is_not_known_is_not_named(installation):
    SelectionFile(installation.paths.selection).write(Selection("echo/echo", "double-helix"))
    examined = await examine(installation)
    assert "helix" not in json.dumps(dataclasses.asdict(examined))
