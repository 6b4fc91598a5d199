import psutil
import pytest
from measuring.node import NotMeasured, measured_by


@pytest.fixture
def asked(tmp_path):
    """Have a script measure something."""

    def run(script, *arguments, timeout_s=60):
        file = tmp_path / "measure.mjs"
        file.write_text(script, encoding="utf-8")
        return measured_by(file, *arguments, who="the script", timeout_s=timeout_s)

    return run


def test_what_a_script_says_last_is_what_it_measured(asked):
    script = "console.log('warming up'); console.log(JSON.stringify({ of: process.argv[2] }));"
    assert asked(script, "an argument") == {"of": "an argument"}


def test_a_script_that_fails_is_told_by_its_first_complaint(asked):
    script = "console.error('no browser'); console.error('more of it'); process.exit(3);"
    with pytest.raises(NotMeasured, match=r"^no browser$"):
        asked(script)
    with pytest.raises(NotMeasured, match=r"^exit code 4$"):
        asked("process.exit(4);")


def test_a_script_without_end_is_given_up(asked):
    with pytest.raises(NotMeasured, match=r"the script took more than 0\.5 s"):
        asked("setInterval(() => {}, 1000);", timeout_s=0.5)


def test_what_a_script_without_end_started_ends_with_it(asked, tmp_path, alive):
    script = """
        import { spawn } from "node:child_process";
        const endless = ["-e", "setInterval(() => {}, 1000)", process.argv[2]];
        spawn(process.execPath, endless, { stdio: "inherit" });
    """
    mark = str(tmp_path / "the mark of what it started")
    with pytest.raises(NotMeasured, match="took more than"):
        asked(script, mark, timeout_s=2)
    marked = [
        process
        for process in psutil.process_iter(["cmdline"])
        if mark in (process.info["cmdline"] or [])
    ]
    assert [process for process in marked if alive(process)] == []


def test_without_node_it_says_so(asked, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotMeasured, match="not in PATH"):
        asked("")
