import json
from dataclasses import replace

import pytest
from filelock import FileLock
from phi_sidecar.accelerators.speeds import MIN_TOKENS, WRITE_EVERY_S, Ran, Speeds
from phi_sidecar.generated.protocol import GenerationMetrics

CPU = Ran("openvino-genai/CPU", "starter", "q4_1")
GPU = Ran("openvino-genai/GPU", "starter", "q4_1")
LONG_ENOUGH = GenerationMetrics(
    ttft_ms=1,
    tpot_ms=10,
    total_ms=1,
    prompt_tokens=1,
    cached_tokens=0,
    completion_tokens=MIN_TOKENS,
    executing_device="CPU",
)


class Clock:
    now_s = 1000.0

    def __call__(self):
        return self.now_s


@pytest.fixture
def file(tmp_path):
    return tmp_path / "cache" / "speeds.json"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def speeds(file, clock):
    return Speeds(file, clock)


def at(tokens_per_second):
    return replace(LONG_ENOUGH, tpot_ms=1000 / tokens_per_second)


def test_what_never_ran_has_no_speed(speeds):
    assert speeds.of(CPU) is None


def test_a_speed_is_kept_for_every_window(speeds, file):
    speeds.note(CPU, at(97.5))
    assert Speeds(file).of(CPU) == 97.5
    assert Speeds(file).of(GPU) is None


def test_another_model_or_quantization_has_a_speed_of_its_own(speeds):
    speeds.note(CPU, at(97.5))
    assert speeds.of(replace(CPU, model="phi-3")) is None
    assert speeds.of(replace(CPU, quantization="int8")) is None


def test_an_answer_of_a_few_tokens_tells_nothing(speeds):
    speeds.note(CPU, replace(LONG_ENOUGH, completion_tokens=MIN_TOKENS - 1))
    speeds.note(CPU, replace(LONG_ENOUGH, tpot_ms=None))
    assert speeds.of(CPU) is None


def test_the_newest_speed_counts(speeds):
    speeds.note(CPU, at(50))
    speeds.note(CPU, at(80))
    assert speeds.of(CPU) == 80


def test_the_file_is_not_written_at_every_keystroke(speeds, file, clock):
    speeds.note(CPU, at(50))
    clock.now_s += WRITE_EVERY_S - 1
    speeds.note(CPU, at(80))
    assert Speeds(file).of(CPU) == 50
    clock.now_s += 1
    speeds.note(CPU, at(90))
    assert Speeds(file).of(CPU) == 90


def test_what_is_not_written_yet_is_written_at_the_end(speeds, file):
    speeds.note(CPU, at(50))
    speeds.note(CPU, at(80))
    speeds.write()
    assert Speeds(file).of(CPU) == 80


def test_what_another_window_measured_meanwhile_stays(speeds, file):
    speeds.note(CPU, at(50))
    Speeds(file).note(GPU, at(200))
    speeds.note(CPU, at(60))
    speeds.write()
    assert Speeds(file).all() == {CPU: 60, GPU: 200}


def test_while_another_window_writes_a_speed_waits_for_the_next_time(speeds, file):
    file.parent.mkdir()
    with FileLock(file.with_suffix(".lock")):
        speeds.note(CPU, at(50))
        assert not file.exists()
        assert speeds.of(CPU) == 50
    speeds.write()
    assert Speeds(file).of(CPU) == 50


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"speeds": 3}',
        b'{"speeds": [3]}',
        b'{"speeds": [{"accelerator": "a/b"}]}',
        b"[" * 99_999,
    ],
)
def test_a_damaged_file_counts_as_empty_and_is_written_anew(speeds, file, content):
    file.parent.mkdir()
    file.write_bytes(content)
    assert speeds.of(CPU) is None
    speeds.note(CPU, at(50))
    assert Speeds(file).of(CPU) == 50


@pytest.mark.parametrize("speed", ["fast", None, -1, 0, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_not_shown(speeds, file, speed):
    speeds.note(CPU, at(50))
    kept = json.loads(file.read_text("utf-8"))
    kept["speeds"][0]["tokensPerSecond"] = speed
    file.write_text(json.dumps(kept), encoding="utf-8")
    assert Speeds(file).of(CPU) is None


def test_a_disk_that_refuses_is_no_error_and_is_tried_again(speeds, file, monkeypatch):
    def refuse(self, target):
        raise PermissionError(13, "refused", str(target))

    monkeypatch.setattr(type(file), "replace", refuse)
    speeds.note(CPU, at(50))
    assert not file.exists()
    assert [entry.name for entry in file.parent.iterdir()] == ["speeds.lock"]
    monkeypatch.undo()
    speeds.write()
    assert Speeds(file).of(CPU) == 50
