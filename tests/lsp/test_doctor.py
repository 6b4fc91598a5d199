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
        return await editor.ask(m.PHI_DOCTOR, p.DoctorParams()).result()

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
    assert f"| {STARTER} |  | usable once set up |" in result.report
    assert "to download |" in result.report
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


async def test_the_window_goes_on_answering_while_the_doctor_looks(editor, report_of):
    uri = editor.open("def add(a, b):\n    return ")
    asked = editor.ask(m.PHI_DOCTOR, p.DoctorParams())
    result = await editor.complete(uri, 1, 11).result()
    assert result.items[0].text == "a + b"
    assert (await asked.result()).report
