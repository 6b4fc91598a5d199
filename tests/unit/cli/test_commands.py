"""The command line as scripts use it: JSON on stdout, complaints on stderr, exit codes."""

import json
import re
import socket
import sys

import pytest

ECHO = ("--accelerator", "echo/echo")


@pytest.fixture(scope="module")
def shared(make_house):
    """A house where nothing is set up; the echo accelerator needs nothing."""
    return make_house()


def complaint(ended):
    """What a failed command said: the message, then what to do."""
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr, ended.stderr
    # What was being done comes first.
    _, _, said = ended.stderr.partition("phi-sidecar: ")
    message, *rest = said.strip().splitlines()
    return message, " ".join(rest)


def test_a_completion_is_one_object(shared, tmp_path):
    file = tmp_path / "a.py"
    file.write_text("s = '\U0001f600'; alpha1\n", encoding="utf-8")
    ended = shared.run("complete", str(file), "1", "17", "--json", *ECHO)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["text"] == "echo(alpha1)"
    place = {"line": 1, "column": 17}
    assert told["range"] == {"start": place, "end": place}
    assert told["outcome"] == "suggested"
    assert told["finishReason"] in ("stop", "length", "cancelled")
    assert told["accelerator"] == "echo/echo"
    assert told["model"] == {
        "id": "none",
        "name": "no model",
        "quantization": "none",
        "starter": False,
    }
    assert told["promptTokens"] > 0
    assert told["cachedTokens"] == 0
    assert told["completionTokens"] > 0
    assert 0 < told["ttftMs"] <= told["totalMs"]


def test_a_completion_for_people_is_its_text(shared, tmp_path):
    file = tmp_path / "a.py"
    file.write_text("alpha1", encoding="utf-8")
    ended = shared.run("complete", str(file), "1", "7", *ECHO)
    assert (ended.returncode, ended.stdout) == (0, "echo(alpha1)\n")


def test_where_there_is_nothing_to_suggest_it_is_said_why(shared, tmp_path):
    file = tmp_path / ".env"
    file.write_text("KEY=1", encoding="utf-8")
    ended = shared.run("complete", str(file), "1", "6", *ECHO)
    assert (ended.returncode, ended.stdout) == (0, "\n")
    assert "keys or passwords" in ended.stderr
    ended = shared.run("complete", str(file), "1", "6", "--json", *ECHO)
    told = json.loads(ended.stdout)
    assert (told["text"], told["outcome"]) == ("", "excludedFile")
    assert told["finishReason"] is None
    assert told["ttftMs"] is None


def test_a_chat_is_streamed_or_one_object(shared):
    ended = shared.run("chat", "Hello there", *ECHO)
    assert (ended.returncode, ended.stdout) == (0, "You said: Hello there\n")
    told = json.loads(shared.run("chat", "Hello there", "--json", *ECHO).stdout)
    assert told["text"] == "You said: Hello there"
    assert told["finishReason"] == "stop"
    assert told["metrics"]["executingDevice"] == "echo"
    assert told["accelerator"] == "echo/echo"


def test_code_and_a_command_go_with_a_question(shared, tmp_path):
    file = tmp_path / "stock.py"
    file.write_text("a = 1\nb = 2\nc = 3\nd = 4\n", encoding="utf-8")
    arguments = ("Be brief.", "--file", f"{file}:2-3", "--command", "explain", *ECHO)
    ended = shared.run("chat", *arguments)
    assert ended.returncode == 0, ended.stderr
    assert "Code from `stock.py:2-3`:\n```python\nb = 2\nc = 3\n```\n\n" in ended.stdout
    assert "Explain" in ended.stdout
    assert ended.stdout.endswith("Be brief.\n")
    told = json.loads(shared.run("chat", *arguments, "--json").stdout)
    (fit,) = told["attachments"]
    assert (fit["lines"], fit["exact"]) == (2, True)
    whole = json.loads(shared.run("chat", "?", "--file", str(file), "--json", *ECHO).stdout)
    assert whole["attachments"][0]["lines"] == 4


def test_a_file_that_is_cut_is_told(shared, tmp_path):
    file = tmp_path / "long.py"
    file.write_text("a = 1\n" * 2_000, encoding="utf-8")
    ended = shared.run("chat", "Why?", "--file", str(file), "--max-new-tokens", "3", *ECHO)
    assert ended.returncode == 0
    assert "of long.py, " in ended.stderr
    assert "tokens were read" in ended.stderr


def test_files_with_secrets_do_not_go_with_a_question(shared, tmp_path):
    file = tmp_path / ".env"
    file.write_text("KEY=1", encoding="utf-8")
    ended = shared.run("chat", "What is this?", "--file", str(file), *ECHO)
    message, remedy = complaint(ended)
    assert ended.returncode == 1
    assert "keys or passwords" in message
    assert "Copy the lines" in remedy


def test_a_place_that_is_no_place_does_not_go_with_a_question(shared, tmp_path):
    file = tmp_path / "a.py"
    file.write_text("one\n", encoding="utf-8")
    for place, told in [(f"{file}:3-9", "no lines 3 to 9"), (f"{file}x", "cannot be read")]:
        ended = shared.run("chat", "?", "--file", place, *ECHO)
        message, _ = complaint(ended)
        assert ended.returncode == 1
        assert told in message


def test_the_system_prompt_is_an_option(shared):
    def prompt_tokens(*arguments):
        ended = shared.run("chat", "Hello", "--json", *arguments, *ECHO)
        return json.loads(ended.stdout)["metrics"]["promptTokens"]

    assert prompt_tokens("--system", "Be brief.") == 3
    assert prompt_tokens("--system", "") == 1
    assert prompt_tokens() > 10


def test_the_longest_answer_is_an_option(shared):
    told = json.loads(
        shared.run("chat", "a b c d", "--json", "--max-new-tokens", "2", *ECHO).stdout
    )
    assert (told["text"], told["finishReason"]) == ("You said:", "length")


def test_measuring_prints_a_row_for_each_length(shared):
    told = json.loads(shared.run("bench", "--json", *ECHO).stdout)
    assert told["accelerator"] == "echo/echo"
    assert len(told["rows"]) >= 2
    for row in told["rows"]:
        assert row.keys() == {"promptTokens", "ttftColdMs", "ttftCachedMs", "tpotMs"}


def test_accelerators_are_listed_with_why_one_cannot_be_used(shared):
    rows = json.loads(shared.run("accelerators", "list", "--json").stdout)
    by_id = {row["id"]: row for row in rows}
    assert by_id["openvino-genai/CPU"]["active"]
    assert not by_id["openvino-genai/CPU"]["runtimeInstalled"]
    assert by_id["echo/echo"]["usable"]
    for row in rows:
        assert row["usable"] or (row["reason"] and row["remedy"]), row
    text = shared.run("accelerators", "list").stdout
    assert text.splitlines()[0].startswith("* openvino-genai/CPU")


def test_models_are_listed_with_what_there_is_of_them(shared):
    (starter,) = (
        row
        for row in json.loads(shared.run("models", "list", "--json").stdout)
        if row["id"] == "starter"
    )
    assert starter["state"] == "missing"
    assert starter["starter"]
    assert starter["bytesOnDisk"] == 0
    assert starter["downloadBytes"] > 50_000_000
    assert starter["licence"] == "Apache-2.0"
    assert "starter" in shared.run("models", "list").stdout


def test_the_doctor_says_what_it_found(shared):
    ended = shared.run("doctor", "--json")
    told = json.loads(ended.stdout)
    whats = {finding["what"]: finding for finding in told["findings"]}
    assert whats["Python"]["well"]
    assert whats["folder for sockets"]["well"]
    assert told["version"]
    assert told["accelerators"]
    assert ended.returncode == (0 if all(f["well"] for f in told["findings"]) else 1)
    assert told["well"] == (ended.returncode == 0)
    assert told["machine"]["memoryBytes"] > 1_000_000
    # Those that the other tests of this house left.
    assert {worker["runs"] for worker in told["workers"]} <= {"Echo on echo"}
    text = shared.run("doctor").stdout
    assert "ok   Python: 3." in text
    assert re.search(r"openvino-genai/CPU \(selected\).*: usable", text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such folder to get wrong")
def test_nothing_private_is_in_what_the_doctor_says(make_house):
    house = make_house()
    house.paths.runtime.parent.mkdir(parents=True, exist_ok=True)
    # Somebody else's in the place of ours: the message names the folder.
    house.paths.runtime.symlink_to(house.root)
    env = {**house.env, "USER": "rosalind.f", "LOGNAME": "rosalind.f", "USERNAME": "rosalind.f"}
    for arguments in ((), ("--json",)):
        told = house.run("doctor", *arguments, env=env).stdout
        assert "is not a folder of yours" in told
        for private in ("rosalind", house.root.name, socket.gethostname()):
            assert private not in told, private


def test_an_answer_leaves_its_speed_in_the_list(make_house):
    house = make_house()
    rows = json.loads(house.run("accelerators", "list", "--json").stdout)
    assert {row["tokensPerSecond"] for row in rows} == {None}
    assert house.run("chat", "word " * 40, *ECHO).returncode == 0
    rows = json.loads(house.run("accelerators", "list", "--json").stdout)
    (speed,) = (row["tokensPerSecond"] for row in rows if row["id"] == "echo/echo")
    assert 20 < speed <= 200
    assert "tokens/s" in house.run("accelerators", "list").stdout


def test_an_unknown_accelerator_is_refused(shared):
    ended = shared.run("chat", "Hello", "--accelerator", "nonsense/GPU")
    message, remedy = complaint(ended)
    assert ended.returncode == 1
    assert "nonsense" in message
    assert "accelerators list" in remedy


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--model", "nonsense"), "no model called 'nonsense'"),
        (("--model", "starter", "--quantization", "int99"), "not as int99"),
        (("--quantization", "int99"), "not as int99"),
    ],
)
def test_an_unknown_model_is_refused(shared, arguments, told):
    ended = shared.run("chat", "Hello", *arguments)
    message, remedy = complaint(ended)
    assert ended.returncode == 1
    assert told in message
    assert "models list" in remedy


def test_a_place_that_is_not_in_the_file_is_refused(shared, tmp_path):
    file = tmp_path / "a.py"
    file.write_text("one\n", encoding="utf-8")
    for arguments, told in [
        ((str(file), "9", "1"), "no line 9"),
        ((str(file), "1", "0"), "no column 0"),
        ((str(tmp_path / "none.py"), "1", "1"), "cannot be read"),
    ]:
        ended = shared.run("complete", *arguments, *ECHO)
        message, _ = complaint(ended)
        assert ended.returncode == 1
        assert told in message


def test_a_question_that_is_too_long_is_refused(shared):
    ended = shared.run("chat", "word " * 5_000, *ECHO)
    message, remedy = complaint(ended)
    assert ended.returncode == 1
    assert "at most" in message
    assert "Shorten" in remedy


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("complete",),
        ("complete", "a.py", "one", "1"),
        ("chat", "Hello", "--max-new-tokens", "0"),
        ("models",),
        ("serve", "--log-level", "shout"),
    ],
)
def test_arguments_that_do_not_fit_get_the_usage_and_exit_code_2(shared, arguments):
    ended = shared.run(*arguments)
    assert ended.returncode == 2
    assert ended.stderr.startswith("usage: ")


def test_what_a_fresh_machine_lacks_is_named_where_it_cannot_be_fetched(shared):
    env = {**shared.env, "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
    ended = shared.run("models", "prepare", "starter", env=env)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert "could not be reached" in ended.stderr
    assert "internet" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_version_is_told(shared):
    from phi_sidecar import __version__

    assert shared.run("--version").stdout.strip() == __version__
