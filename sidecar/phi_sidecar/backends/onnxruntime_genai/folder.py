"""What a model's folder says of it, before the library reads it."""

import json
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.errors import ModelDamaged
from phi_sidecar.foreign_code import CUSTOM_OPERATORS, names_code

CONFIG = "genai_config.json"

BYTES_PER_ELEMENT = {"cpu": 4, "dml": 2, "cuda": 2}
"""Of keys and values, as the library's builder makes a model for each provider: 32 bits on the
CPU, 16 on GPUs."""

ONE_ROPE_SCALE_TOKENS = {"phi3": 4096, "phimoe": 4096, "phi3small": 8192}
"""How many tokens a sequence may have before the library computes all of it anew, in one step,
because such models may scale positions otherwise from there on (Generator::GenerateNextToken of
0.13.1); a prompt fed in parts would be scaled in two ways."""


@dataclass(frozen=True)
class Folder:
    """A model as its builder configured it.

    Attributes:
        built_for: the provider, as the configuration calls it in lower case; `cpu` is not named
            there.
        window: most tokens of a sequence.
        kv_bytes: what the keys and values of one token take.
    """

    path: Path
    built_for: str
    window: int
    kv_bytes: int

    def window_within(self, context_window: int, kv_cache_bytes: int) -> int:
        """Return how many tokens fit, since all of that memory is taken from the start."""
        return min(self.window, context_window, kv_cache_bytes // self.kv_bytes)


def read_folder(path: Path) -> Folder:
    """Read a folder's configuration.

    Raises:
        ModelDamaged: there is none, it lacks what every model has, or it would run code.
    """
    try:
        config = json.loads((path / CONFIG).read_text(encoding="utf-8"))
        if names_code(config):
            raise ModelDamaged(
                f"{path.name} would load code of its own ({CUSTOM_OPERATORS}), which is never run.",
                remedy="Take a model without it.",
            )
        model = config["model"]
        decoder = model["decoder"]
        providers = decoder.get("session_options", {}).get("provider_options", [])
        names = [name.lower() for options in providers for name in options]
        built_for = names[0] if names else "cpu"
        window = int(model["context_length"])
        elements = 2 * decoder["num_hidden_layers"] * decoder["num_key_value_heads"]
        return Folder(
            path=path,
            built_for=built_for,
            window=min(window, ONE_ROPE_SCALE_TOKENS.get(model["type"], window)),
            kv_bytes=elements * decoder["head_size"] * BYTES_PER_ELEMENT.get(built_for, 4),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(
            f"{path.name} has no {CONFIG} that can be understood ({type(error).__name__}).",
            remedy="Prepare the model again, or import a folder that ONNX Runtime GenAI's"
            " builder has made.",
        ) from error
