"""`phi-sidecar models`, in a home of its own."""

import dataclasses
import json

import pytest
import shelves
from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.cli import models as commands
from phi_sidecar.cli.arguments import parse
from phi_sidecar.engine.installation import installation_in
from phi_sidecar.errors import UnknownModel
from phi_sidecar.models.catalog import Catalog, load_catalog
from phi_sidecar.models.store import ModelStore
from phi_sidecar.progress import ignore

PHI3 = "phi-3-mini-4k-instruct"


@pytest.fixture
def installation(paths, commit):
    """What is installed, where the catalog knows a small model of the hub as well."""
    tiny = shelves.model_from(commit)
    catalog = Catalog(load_catalog().families, {**load_catalog().models, tiny.id: tiny})
    installation = installation_in(paths, load_backends())
    return dataclasses.replace(installation, catalog=catalog, models=ModelStore(paths, catalog))


def chosen_by(installation, *arguments):
    chosen = commands.choose(installation, parse(["models", "prepare", *arguments]))
    return chosen.build.id, chosen.quantization


def test_a_model_s_best_build_is_prepared_where_nothing_is_said(installation):
    assert chosen_by(installation, PHI3) == ("openvino-int4", "int4")
    assert chosen_by(installation) == ("q4_1", "q4_1")


@pytest.mark.parametrize(
    ("arguments", "build", "quantization"),
    [
        (["--accelerator", "openvino-genai/NPU"], "openvino-int4-npu", "int4"),
        (["--accelerator", "openvino-genai/GPU.1"], "openvino-int4", "int4"),
        (
            ["--accelerator", "openvino-genai/NPU", "--quantization", "int8"],
            "openvino-int8-npu",
            "int8",
        ),
        (["--quantization", "fp16"], "openvino-fp16", "fp16"),
        (["--build", "original"], "original", "int8"),
        (["--build", "original", "--quantization", "fp16"], "original", "fp16"),
    ],
)
def test_the_build_that_fits_is_prepared(installation, arguments, build, quantization):
    assert chosen_by(installation, PHI3, *arguments) == (build, quantization)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["phi-9"], "no model called 'phi-9'"),
        ([PHI3, "--quantization", "int2"], "not as int2"),
        ([PHI3, "--build", "other"], "no build called 'other'"),
        (["starter", "--accelerator", "openvino-genai/NPU"], "does not run"),
    ],
)
def test_what_there_is_not_is_refused(installation, arguments, told):
    with pytest.raises(UnknownModel, match=told):
        chosen_by(installation, *arguments)


async def test_the_list_tells_size_and_last_use(installation, capsys):
    tiny = installation.catalog.models["tiny"]
    await installation.models.prepare(tiny, tiny.builds[0], ignore)
    installation.models.note_use(tiny, tiny.builds[0])
    assert await commands.list_models(installation, parse(["models", "list"])) == 0
    told = capsys.readouterr().out
    assert "tiny: Tiny, MIT, 4,096 tokens" in told
    (line,) = (line for line in told.splitlines() if "on disk" in line)
    assert "ready, 2 MB on disk, used 20" in line

    await commands.list_models(installation, parse(["models", "list", "--json"]))
    (row,) = (row for row in json.loads(capsys.readouterr().out) if row["id"] == "tiny")
    assert (row["build"], row["state"]) == ("openvino-int4", "ready")
    assert row["lastUsed"].startswith("20")
    assert row["bytesOnDisk"] > 1_800_000


@pytest.mark.parametrize(
    "named",
    [
        ["--build", "openvino-int4"],
        ["--quantization", "int4"],
        ["--accelerator", "openvino-genai/CPU"],
    ],
)
async def test_removing_one_build_tells_what_came_free(installation, capsys, named):
    tiny = installation.catalog.models["tiny"]
    await installation.models.prepare(tiny, tiny.builds[0], ignore)
    arguments = parse(["models", "remove", "tiny", *named])
    assert await commands.remove_model(installation, arguments) == 0
    assert capsys.readouterr().out == "2 MB freed\n"
    assert installation.models.find(tiny, tiny.builds[0]) is None


async def test_verifying_prints_what_differs(installation, capsys, hub):
    hub.repositories[shelves.NAME].files["openvino_tokenizer.xml"] = b"<net/>"
    arguments = parse(["models", "verify", "tiny"])
    assert await commands.verify_models(installation, arguments) == 1
    told = capsys.readouterr().out
    assert told.startswith("differs  tiny openvino-int4: someone/tiny-ov@")
    assert "It holds no openvino_detokenizer.xml." in told
    assert "openvino_tokenizer.xml" not in told


async def test_verifying_without_a_connection_is_no_difference(installation, capsys, hub):
    hub.close()
    assert await commands.verify_models(installation, parse(["models", "verify", "tiny"])) == 1
    assert capsys.readouterr().out.startswith("not seen tiny")


@pytest.mark.parametrize("name", ["imports.json", "imports.unreadable-1.json"])
async def test_nothing_counts_as_left_over_while_an_import_cannot_be_read(
    installation, capsys, paths, name
):
    converted = paths.models / "mine" / "int4" / "weights"
    converted.parent.mkdir(parents=True)
    converted.write_bytes(bytes(3_000_000))
    paths.data.mkdir(parents=True, exist_ok=True)
    (paths.data / name).write_text('{"models": [{"id": "mine", "of": "a later version"}]}')
    await commands.list_models(installation, parse(["models", "list"]))
    assert "left over" not in capsys.readouterr().out
    with pytest.raises(UnknownModel):
        await commands.remove_model(installation, parse(["models", "remove", "mine"]))
    assert converted.exists()


async def test_what_is_left_over_is_listed_with_how_to_free_it_and_freed(
    installation, capsys, paths
):
    tiny = installation.catalog.models["tiny"]
    await installation.models.prepare(tiny, tiny.builds[0], ignore)
    for name in ("older-model/int4/weights", "tiny/int3.download/parts/weights"):
        (paths.models / name).parent.mkdir(parents=True)
        (paths.models / name).write_bytes(bytes(3_000_000))
    await commands.list_models(installation, parse(["models", "list"]))
    told = capsys.readouterr().out.splitlines()
    assert told[-3] == "left over, of no model or build that is known:"
    assert sorted(told[-2:]) == [
        "    3 MB on disk; to free them: phi-sidecar models remove older-model",
        "    3 MB on disk; to free them: phi-sidecar models remove tiny --build int3",
    ]
    await commands.list_models(installation, parse(["models", "list", "--json"]))
    rows = json.loads(capsys.readouterr().out)
    left = [row for row in rows if row["state"] == "leftover"]
    assert {
        "id": "older-model",
        "build": None,
        "state": "leftover",
        "bytesOnDisk": 3_000_000,
    } in left
    for arguments in (["older-model"], ["tiny", "--build", "int3"]):
        await commands.remove_model(installation, parse(["models", "remove", *arguments]))
        assert capsys.readouterr().out == "3 MB freed\n"
    assert installation.models.leftovers() == []
    assert installation.models.find(tiny, tiny.builds[0]) is not None
    with pytest.raises(UnknownModel, match="no model called 'older-model'"):
        await commands.remove_model(installation, parse(["models", "remove", "older-model"]))
