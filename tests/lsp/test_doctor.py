"""What the sidecar says of this PC: true, and fit to be shown to strangers."""

import re
import socket

import pytest
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p

STARTER = "openvino-genai/CPU"


@pytest.fixture
def report_of():
    """Ask a window for the report."""

    async def report(editor):
        # It starts every runtime that is installed, some of which take their time.
        return await editor.ask(m.PHI_DOCTOR, p.DoctorParams()).result(timeout_s=180)

    return report


async def test_the_report_says_what_is_here_and_what_works(open_editor, home, report_of, worker_of):
    editor = await open_editor()
    result = await report_of(editor)
    assert result.well, result.report
    text = result.report
    assert "Everything that was looked at is well." in text
    assert f"| {STARTER} (selected) |" in text
    assert re.search(r"\| openvino \| ready \| .*openvino-genai 20\d\d\.", text)
    assert "| starter (selected) | SmolLM2 135M Instruct (starter) |" in text
    assert "| State | ready |" in text
    assert "| Executes on | CPU |" in text
    assert f"| {worker_of(home).pid} | OpenVinoGenAi on CPU |" in text


async def test_a_machine_where_nothing_is_set_up_says_what_can_be(
    open_editor, empty_house, choose_echo, report_of
):
    choose_echo(empty_house)
    editor = await open_editor(empty_house)
    result = await report_of(editor)
    assert result.well
    assert "| openvino | missing |" in result.report
    assert re.search(rf"\| {STARTER} \| [^|]* \| usable once set up, recommended \|", result.report)
    assert re.search(r"\| openvino \| missing \| openvino 20.*\d MB to download \|", result.report)
    assert "| Phi-3 mini 4k instruct |" in result.report
    assert "| Accelerator | Echo (no model) |" in result.report


async def test_nothing_private_is_in_the_report(
    open_editor, empty_house, choose_echo, report_of, tmp_path
):
    choose_echo(empty_house)
    env = {"USER": "rosalind.franklin", "USERNAME": "rosalind.franklin", "LOGNAME": "rosalind.f"}
    editor = await open_editor(empty_house, env=env)
    document = tmp_path / "photo51.py"
    editor.open("secret = 'double helix'", uri=document.as_uri())
    empty_house.paths.selection.write_text('{"accelerator": "/home/rosalind/x", "model": "y"}')
    await editor.until(lambda status: status.reason is not None)
    text = (await report_of(editor)).report
    assert "Another window switched to" in text
    for private in (
        "rosalind",
        "photo51",
        "helix",
        str(empty_house.root),
        empty_house.root.name,
        socket.gethostname(),
    ):
        assert private not in text, private


async def test_nothing_of_a_person_s_own_model_is_in_the_report(
    open_editor, house, copy_of, phi3_layout, report_of, tmp_path
):
    folder = copy_of(phi3_layout["openvino-int4"], "Project Helix")
    editor = await open_editor(house)
    params = p.ImportModelParams(folder=str(folder), name="Photo 51")
    model = (await editor.ask(m.PHI_IMPORT_MODEL, params).result()).model
    chosen = p.SelectAcceleratorParams(accelerator=STARTER, model=model.id)
    await editor.ask(m.PHI_SELECT_ACCELERATOR, chosen).result()
    result = await report_of(editor)
    assert result.well
    assert "| imported-1 (selected) | imported-1 | imported | int4 | ready |" in result.report
    assert "| Model | imported-1, int4 |" in result.report
    for private in ("helix", "photo", tmp_path.name):
        assert private not in result.report.lower(), private


async def test_the_window_goes_on_answering_while_the_doctor_looks(editor, report_of):
    uri = editor.open("def add(a, b):\n    return ")
    asked = editor.ask(m.PHI_DOCTOR, p.DoctorParams())
    result = await editor.complete(uri, 1, 11).result()
    assert result.items[0].text == "a + b"
    assert (await asked.result(timeout_s=180)).report
