"""The command line as scripts use it: JSON on stdout, complaints on stderr, exit codes."""

import json

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
    assert "Python" in shared.run("doctor").stdout


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
