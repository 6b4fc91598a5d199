"""Runs in a runtime's environment: asks a backend's inside what its tests want to know.

    python asked.py BOOTSTRAP QUESTIONS

QUESTIONS is a file of functions. Each line on stdin is the name of one and its arguments, as JSON;
what it returns comes back as a line. A library that ends the process says nothing.
"""

import importlib.util
import json
import sys
from pathlib import Path
from typing import NamedTuple


class Answer(NamedTuple):
    """What a model wrote, and how much of the prompt it reused."""

    text: str
    cached_tokens: int


def load(backend, model, *, device, quantization, cache, options):
    from phi_sidecar.backends.base import LoadSpec

    return backend.load(
        LoadSpec(
            model=Path(model),
            device=device,
            quantization=quantization,
            context_window=4096,
            cache=Path(cache),
            kv_cache_bytes=1 << 30,
            backend_options=options,
        )
    )


def answer(model, text, *, tokens, id=1):
    from phi_sidecar.backends.base import Accepted, Failed, Finished, GenerateRequest, Piece
    from phi_sidecar.generated.protocol import Lane, RawPrompt, Sampling

    prompt = RawPrompt(kind="raw", text=text)
    sampling = Sampling(max_new_tokens=tokens)
    model.add(GenerateRequest(id=id, lane=Lane.completion, prompt=prompt, sampling=sampling))
    written, cached_tokens = "", 0
    while True:
        for event in model.step():
            if isinstance(event, Accepted):
                cached_tokens = event.cached_tokens
            if isinstance(event, Piece):
                written += event.text
            if isinstance(event, Failed):
                raise event.error
            if isinstance(event, Finished):
                return Answer(written, cached_tokens)


def refusal(load, *arguments):
    """The error with which a model is refused."""
    from phi_sidecar.errors import PhiSidecarError

    try:
        load(*arguments)
    except PhiSidecarError as error:
        return {"error": type(error).__name__, "message": str(error), "remedy": error.remedy}
    return {"error": None}


def module_in(file):
    file = Path(file)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(bootstrap, questions):
    answers, sys.stdout = sys.stdout, sys.stderr
    module_in(bootstrap).reach_package()
    # The questions import what stands here, which has been started by its path.
    sys.modules["asked"] = sys.modules["__main__"]
    asked = module_in(questions)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        print(json.dumps(getattr(asked, name)(*arguments)), file=answers, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
