"""Runs in ONNX Runtime GenAI's environment: writes with a generator that refuses as DirectML's.

The generator is the library's own. In front of it stands what the library says, in its own words,
where a provider keeps keys and values that no more tokens can be added to.

    python refusing_generator.py BOOTSTRAP MODEL REFUSED_FROM PROMPT...

Prints the capabilities and, for each prompt, the answer and how much of the prompt was reused.
"""

# ruff: noqa: TID253 (it runs where the runtime is)
import importlib.util
import json
import sys
from dataclasses import asdict
from pathlib import Path

import onnxruntime_genai as og

REFUSAL = (
    "Continuous decoding is not supported on the selected device type (DirectML). "
    "Please recreate the generator instance to avoid using continuous decoding."
)


def refusing(refused_from):
    """Return a generator whose tokens cannot be added to, from some number of them on."""

    class Refusing:
        def __init__(self, *args):
            self._generator = real(*args)

        def append_tokens(self, ids):
            if self._generator.token_count() >= refused_from:
                raise RuntimeError(REFUSAL)
            self._generator.append_tokens(ids)

        def __getattr__(self, name):
            return getattr(self._generator, name)

    real = og.Generator
    return Refusing


def main(bootstrap, model, refused_from, *prompts):
    answers, sys.stdout = sys.stdout, sys.stderr
    drive = beside("drive")
    drive.reach_package(bootstrap)
    from phi_sidecar.backends.onnxruntime_genai import OnnxRuntimeGenAi

    og.Generator = refusing(int(refused_from))
    loaded = drive.load(
        OnnxRuntimeGenAi(),
        {
            "model": model,
            "device": "CPU",
            "quantization": "fp16",
            "contextWindow": 4096,
            "cache": str(Path.cwd()),
            "options": {},
        },
    )
    before = asdict(loaded.capabilities)
    written = []
    for prompt in prompts:
        told = drive.play(loaded, {"requests": [{"id": 1, "raw": prompt, "tokens": 12}]})
        kinds = {event["kind"]: event for event in told["events"]}
        text = "".join(event.get("text", "") for event in told["events"])
        reused = kinds["Accepted"]["cached_tokens"]
        written.append({"text": text, "reused": reused, "steps": kinds["Finished"]["step"]})
    print(json.dumps({"capabilities": before, "written": written}), file=answers)


def beside(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(*sys.argv[1:])
