"""A repository as a hub may have it, and a store that fetches from it."""

import json
import os
import tempfile
import time
from pathlib import Path

import model_folders
from phi_sidecar.models.catalog import (
    Build,
    Catalog,
    CatalogModel,
    Format,
    HubSource,
    load_catalog,
)
from phi_sidecar.models.store import ModelStore

NAME = "someone/tiny-ov"
WEIGHTS = os.urandom(1_500_000)
LARGE = "openvino_model.bin"
WANTED = [
    "config.json",
    "empty.json",
    LARGE,
    "openvino_model.xml",
    "tokenizer.json",
    "tokenizer_config.json",
]


def _model():
    """The files of a model as it is recognized; the graph is long, so that it takes some time."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = model_folders.openvino(Path(scratch) / "model", tokenizers=False)
        files = {file.name: file.read_bytes() for file in folder.iterdir()}
    head, graph = files["openvino_model.xml"].split(b"?>", 1)
    files["openvino_model.xml"] = head + b"?>" + b"<!-- -->" * 40_000 + graph
    return files | {"empty.json": b""}


MODEL = _model()
OTHER_CONFIG = json.dumps(model_folders.CONFIG | {"rope_theta": 10_000}).encode()
FILES = {
    **MODEL,
    LARGE: WEIGHTS,
    "README.md": b"# Tiny",
    "paper.pdf": b"%PDF",
    "modeling_phi3.py": b"raise SystemExit",
    **{f"other/{name}": content for name, content in MODEL.items()},
}


def model_from(revision, subfolder=""):
    source = HubSource(
        repository=NAME,
        revision=revision,
        subfolder=subfolder,
        files=("*.bin", "*.xml", "*.json"),
        bytes=2_000_000,
        verified=False,
    )
    build = Build(
        id="openvino-int4",
        format=Format.OPENVINO,
        quantization="int4",
        quantizations=("int4",),
        accelerators=("openvino-genai/CPU",),
        source=source,
        memory_bytes=1,
    )
    family = load_catalog().families["phi3"]
    return CatalogModel("tiny", "Tiny", family, False, "MIT", 4096, (build,))


class Shelf:
    """A store that holds one model with one build."""

    def __init__(self, paths, model):
        self.model = model
        self.build = model.builds[0]
        self.store = ModelStore(paths, Catalog(families={}, models={model.id: model}))
        self.told = []
        self.folder = paths.models / "tiny" / "openvino-int4"
        self.downloads = paths.models / "tiny" / "openvino-int4.download"

    async def prepare(self):
        return await self.store.prepare(self.model, self.build, self.told.append)

    def find(self):
        return self.store.find(self.model, self.build)

    async def verify(self):
        return await self.store.verify(self.model, self.build)

    def wait_for_a_part(self):
        """Return when something of the large file is on the disk."""
        deadline_s = time.monotonic() + 30
        while not any(part.stat().st_size for part in self.downloads.glob(f"parts/{LARGE}.*")):
            assert time.monotonic() < deadline_s
            time.sleep(0.01)

    def steps(self):
        return list(dict.fromkeys(step.step for step in self.told))


def files_in(folder):
    return sorted(
        file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()
    )
