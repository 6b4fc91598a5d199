"""A repository as a hub may have it, and a store that fetches from it."""

import os
import time

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
FILES = {
    "config.json": b'{"model_type": "phi3"}',
    "empty.json": b"",
    "openvino_model.bin": WEIGHTS,
    "openvino_model.xml": b"<net/>" * 50_000,
    "README.md": b"# Tiny",
    "paper.pdf": b"%PDF",
    "modeling_phi3.py": b"raise SystemExit",
    "other/openvino_model.bin": b"of another build",
}
WANTED = ["config.json", "empty.json", "openvino_model.bin", "openvino_model.xml"]
LARGE = "openvino_model.bin"


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
