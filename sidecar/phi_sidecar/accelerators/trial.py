"""Try a model in the runtime that will run it: does it carry on a text as one does that works?

Run as a module it is the asked side, in the runtime's environment:
`python -m phi_sidecar.accelerators.trial module:attribute TRIAL` prints one line of JSON.
"""

import importlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypedDict

from phi_sidecar.accelerators.registry import instantiate
from phi_sidecar.backends.base import (
    Failed,
    Finished,
    GenerateRequest,
    LoadedModel,
    LoadSpec,
    Piece,
)
from phi_sidecar.errors import PhiSidecarError
from phi_sidecar.generated.protocol import (
    ChatMessage,
    ChatPrompt,
    Lane,
    RawPrompt,
    Role,
    Sampling,
)

_ROUND = "red green blue one two three four five six seven eight nine ten"
PROMPT = f"{_ROUND}\n{_ROUND}\n{_ROUND}\nred green blue one two three four"
"""A text that goes round: whatever a model was trained for, it carries that on if it works."""

EXPECTED = ("five", "six", "seven", "eight")

_NEW_TOKENS = 12
_KV_CACHE_BYTES = 1 << 29
_CONTEXT_TOKENS = 1024
"""Far more than is asked; a model's own context might take more memory than there is."""


@dataclass(frozen=True)
class Trial:
    """What to try.

    Attributes:
        model: a folder or file.
        cache: a folder for compiled models, of this trial's own.
    """

    model: str
    device: str
    quantization: str
    context_window: int
    cache: str


class Tried(TypedDict):
    """What the asked side prints of a model that could be loaded."""

    text: str
    executingDevice: str


class Refused(TypedDict):
    """What the asked side prints of one that could not."""

    reason: str
    remedy: str | None


def carries_on(text: str) -> bool:
    """Tell whether an answer to the prompt is that of a model that works."""
    return tuple(text.split()[: len(EXPECTED)]) == EXPECTED


def argument(trial: Trial) -> str:
    """Write a trial as the asked side reads it."""
    return json.dumps(asdict(trial))


def answer(target: str, trial: Trial) -> Tried | Refused:
    """Load a model and let it carry on the prompt, here."""
    try:
        module, _, attribute = target.partition(":")
        backend = instantiate(getattr(importlib.import_module(module), attribute))
        model = backend.load(
            LoadSpec(
                model=Path(trial.model),
                device=trial.device,
                quantization=trial.quantization,
                context_window=min(trial.context_window, _CONTEXT_TOKENS),
                cache=Path(trial.cache),
                kv_cache_bytes=_KV_CACHE_BYTES,
                backend_options={},
            )
        )
        try:
            # A template that cannot be read would only be found by the first question.
            message = ChatMessage(role=Role.user, content="Hello")
            model.count_tokens(ChatPrompt(kind="chat", messages=[message]))
            return Tried(text=_generate(model), executingDevice=model.executing_device)
        finally:
            model.close()
    except PhiSidecarError as error:
        return Refused(reason=str(error), remedy=error.remedy)
    except Exception as error:  # noqa: BLE001 (a runtime may raise anything)
        return Refused(reason=f"{type(error).__name__}: {error}", remedy=None)


def _generate(model: LoadedModel) -> str:
    model.add(
        GenerateRequest(
            id=1,
            lane=Lane.completion,
            prompt=RawPrompt(kind="raw", text=PROMPT),
            sampling=Sampling(max_new_tokens=_NEW_TOKENS, temperature=0.0),
        )
    )
    text = ""
    while True:
        for event in model.step():
            match event:
                case Piece():
                    text += event.text
                case Failed():
                    raise event.error
                case Finished():
                    return text


def main() -> None:
    """Print the answer alone on standard output, whatever the runtime prints."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as stdout:
        # Native code writes to the descriptor itself, past sys.stdout.
        os.dup2(2, 1)
        trial = Trial(**json.loads(sys.argv[2]))
        stdout.write(json.dumps(answer(sys.argv[1], trial)) + "\n")


if __name__ == "__main__":
    main()
