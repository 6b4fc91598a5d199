"""Ctrl-C while an answer comes."""

import json
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="there is no Ctrl-C for one process there"
)


def test_an_interrupted_chat_ends_with_what_came_and_the_exit_code_of_one(make_house):
    house = make_house()
    slow = json.dumps({"token_ms": "100"})
    arguments = ("chat", "word " * 200, "--accelerator", "echo/echo")
    with subprocess.Popen(
        [sys.executable, "-m", "phi_sidecar", *arguments],
        env={**house.env, "PHI_SIDECAR_BACKEND_OPTIONS": slow},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as chat:
        assert chat.stdout.read(3) == "You"
        chat.send_signal(signal.SIGINT)
        rest, complaint = chat.communicate(timeout=30)
    assert chat.returncode == 130
    assert rest.startswith(" said:")
    assert rest.endswith("\n")
    assert rest.count("word") < 200
    assert "Traceback" not in complaint
