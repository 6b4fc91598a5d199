import dataclasses
import json

import pytest
from phi_sidecar.accelerators.registry import Broken, load_backends
from phi_sidecar.accelerators.selection import SelectionFile
from phi_sidecar.doctor import examination as examination_module
from phi_sidecar.doctor.examination import examine
from phi_sidecar.doctor.markdown import report
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.generated.protocol import Phase, Status


@pytest.fixture
def installation(paths):
    return installation_in(paths, load_backends())


async def test_a_fresh_machine_is_well_and_says_what_is_not_there_yet(installation):
    examined = await examine(installation)
    assert examined.well, [finding for finding in examined.findings if not finding.well]
    assert [environment.state for environment in examined.environments] == ["missing"]
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
    told = f"rosalind.f on photo51: {home}/helix/notes.txt and /srv/dna/plans.txt are gone"
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
    for secret in ("rosalind", "photo51", "dna", "plans.txt", str(tmp_path)):
        assert secret not in everything, secret
