"""Replays the golden messages of `shared/golden` through the sidecar's own reading and writing."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from phi_sidecar import wire
from phi_sidecar.generated import protocol
from phi_sidecar.generated.methods import METHODS

FOLDER = Path(__file__).parents[2] / "shared" / "golden"


@dataclass(frozen=True)
class Golden:
    name: str
    type: type
    message: object
    complete: object
    """The message with every default said."""


def goldens(kind: str) -> list[Golden]:
    contents = [
        (path, json.loads(path.read_text("utf-8"))) for path in sorted(FOLDER.glob("*.json"))
    ]
    return [
        Golden(
            name=f"{path.stem} {entry['part']}: {entry['name']}",
            type=type_of(content.get("method"), entry["part"]),
            message=entry["message"],
            complete=entry.get("complete", entry["message"]),
        )
        for path, content in contents
        for entry in content[kind]
    ]


def parts_of(method_name: str) -> dict[str, type | None]:
    method = METHODS[method_name]
    return {
        "params": method.params,
        "result": method.result,
        "partialResult": method.partial_result,
    }


def type_of(method_name: str | None, part: str) -> type:
    found = getattr(protocol, part) if method_name is None else parts_of(method_name)[part]
    assert isinstance(found, type), f"{method_name} has no {part}"
    return found


def by_name(golden: Golden) -> str:
    return golden.name


@pytest.mark.parametrize("golden", goldens("examples"), ids=by_name)
def test_a_message_that_fits_comes_back_with_its_defaults(golden: Golden):
    assert wire.unstructure(wire.structure(golden.message, golden.type)) == golden.complete


@pytest.mark.parametrize("golden", goldens("examples"), ids=by_name)
def test_a_left_out_default_means_the_same_as_a_said_one(golden: Golden):
    assert wire.structure(golden.message, golden.type) == wire.structure(
        golden.complete, golden.type
    )


@pytest.mark.parametrize("golden", goldens("examples"), ids=by_name)
def test_a_message_survives_the_bytes_between_two_processes(golden: Golden):
    sent = json.dumps(wire.unstructure(wire.structure(golden.message, golden.type))).encode()
    assert json.loads(sent) == golden.complete


@pytest.mark.parametrize("golden", goldens("refused"), ids=by_name)
def test_a_message_that_does_not_fit_is_refused(golden: Golden):
    with pytest.raises(wire.DoesNotFit):
        wire.structure(golden.message, golden.type)


def test_what_is_refused_is_never_quoted():
    secret = "hunter2 in the user's document"
    with pytest.raises(wire.DoesNotFit) as refusal:
        wire.structure({"messages": [{"role": secret, "content": secret}]}, protocol.ChatParams)
    assert secret not in str(refusal.value)


@pytest.mark.parametrize("method_name", METHODS)
def test_every_part_of_every_method_has_golden_messages(method_name: str):
    path = FOLDER / f"{method_name.replace('/', '.')}.json"
    content = json.loads(path.read_text("utf-8"))
    assert content["method"] == method_name
    expected = {part for part, type_ in parts_of(method_name).items() if type_ is not None}
    assert {entry["part"] for entry in content["examples"]} == expected
    # A notification's or a request's params are what a stranger may get wrong.
    assert any(entry["part"] == "params" for entry in content["refused"])


def test_the_package_carries_the_schema_that_both_languages_are_made_from():
    source = FOLDER.parent / "protocol.schema.json"
    carried = Path(protocol.__file__).with_name("protocol.schema.json")
    assert json.loads(carried.read_text("utf-8")) == json.loads(source.read_text("utf-8"))
