"""The person's own cache of the hub, filled by the hub's own client."""

import dataclasses
import json
import os
import subprocess
import sys

import pytest
import shelves
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.catalog import Format
from phi_sidecar.models.store import ModelState
from phi_sidecar.models.verification import verify_catalog


@pytest.fixture
def in_the_cache(hub, commit):
    """The model, fetched by other means into the person's own cache of the hub."""
    fetch = "import huggingface_hub, sys; huggingface_hub.snapshot_download(sys.argv[1])"
    subprocess.run([sys.executable, "-c", fetch, shelves.NAME], check=True, timeout=60)
    hub.requests.clear()


async def test_what_the_person_s_own_cache_holds_is_not_fetched_again(shelf, hub, in_the_cache):
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS
    assert [request.about for request in hub.requests] == ["api"]


async def test_a_spoilt_cache_is_not_believed(shelf, hub, in_the_cache, tmp_path):
    (cached,) = tmp_path.glob(f"hf-home/hub/*/snapshots/*/{shelves.LARGE}")
    cached.resolve().write_bytes(os.urandom(len(shelves.WEIGHTS)))
    folder = await shelf.prepare()
    assert (folder / shelves.LARGE).read_bytes() == shelves.WEIGHTS


@pytest.mark.parametrize("name", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
async def test_offline_a_model_that_is_not_in_the_cache_is_told(shelf, hub, monkeypatch, name):
    monkeypatch.setenv(name, "1")
    with pytest.raises(PreparationFailed, match=f"{name} is set") as refused:
        await shelf.prepare()
    assert refused.value.remedy == f"Unset {name} while it is fetched."
    assert hub.requests == []


async def test_offline_nothing_is_said_of_what_the_hub_has_whatever_the_cache_holds(
    shelf, hub, monkeypatch, in_the_cache
):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (verified,) = await verify_catalog([shelf.model])
    assert verified.revision is None
    assert verified.differences == (
        "Asking the hub failed: HF_HUB_OFFLINE is set. Unset HF_HUB_OFFLINE and try again.",
    )
    assert hub.requests == []


ONNX = {
    "genai_config.json": json.dumps(
        {
            "model": {
                "type": "phi3",
                "context_length": 4096,
                "decoder": {
                    "filename": "model.onnx",
                    "num_hidden_layers": 1,
                    "num_key_value_heads": 1,
                    "head_size": 1,
                },
            }
        }
    ).encode(),
    "model.onnx": os.urandom(200_000),
    "tokenizer.json": b"{}",
    "tokenizer_config.json": b'{"chat_template": "{{ messages }}"}',
}


def cached_onnx(hub, paths, repository_files):
    """An ONNX model in a folder of a repository, in the person's own cache of the hub."""
    files = {f"cpu/{path}": content for path, content in repository_files.items()}
    commit = hub.add(shelves.NAME, files | {"README.md": b"# Tiny"})
    fetch = (
        "import huggingface_hub, sys;"
        "huggingface_hub.snapshot_download(sys.argv[1], allow_patterns='cpu/*')"
    )
    subprocess.run([sys.executable, "-c", fetch, shelves.NAME], check=True, timeout=60)
    hub.requests.clear()
    model = shelves.model_from(commit, "cpu")
    build = model.builds[0]
    source = dataclasses.replace(build.source, files=("*.onnx", "*.json"))
    build = dataclasses.replace(build, format=Format.ONNX, source=source)
    return shelves.Shelf(paths, dataclasses.replace(model, builds=(build,)))


async def test_offline_a_whole_model_in_the_cache_is_enough(hub, paths, monkeypatch):
    shelf = cached_onnx(hub, paths, ONNX)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    folder = await shelf.prepare()
    assert (folder / "model.onnx").read_bytes() == ONNX["model.onnx"]
    assert await shelf.verify() is ModelState.READY
    assert hub.requests == []


async def test_offline_half_a_model_in_the_cache_is_not_taken_for_one(hub, paths, monkeypatch):
    half = {path: content for path, content in ONNX.items() if path != "model.onnx"}
    shelf = cached_onnx(hub, paths, half)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(PreparationFailed, match="does not hold the model"):
        await shelf.prepare()
