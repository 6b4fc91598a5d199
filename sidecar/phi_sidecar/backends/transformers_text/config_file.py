"""A model's `config.json`, read before anything is loaded by it."""

import json
from dataclasses import dataclass
from pathlib import Path

from phi_sidecar.errors import ModelDamaged

REMEDY = "Remove the model and prepare it again."


@dataclass(frozen=True)
class ModelConfig:
    """What has to be known of a model before it is loaded.

    Attributes:
        architectures: the classes of transformers that it was saved from.
        longest: tokens that its positions and its attention are good for, all of them at once.
        kv_values_per_token: numbers that its keys and values have for one token.
    """

    model_type: str
    architectures: tuple[str, ...]
    quantized: bool
    longest: int
    kv_values_per_token: int


def read_config(folder: Path) -> ModelConfig:
    """Read it.

    Raises:
        ModelDamaged: it is not there, or not as it should be.
    """
    try:
        told = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        heads = int(told["num_attention_heads"])
        head_size = int(told.get("head_dim") or int(told["hidden_size"]) // heads)
        key_heads = int(told.get("num_key_value_heads") or heads)
        return ModelConfig(
            model_type=str(told["model_type"]),
            architectures=tuple(str(name) for name in told.get("architectures") or ()),
            quantized=bool(told.get("quantization_config")),
            longest=_longest(told),
            kv_values_per_token=2 * int(told["num_hidden_layers"]) * key_heads * head_size,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ModelDamaged(
            f"The config.json of {folder.name} cannot be read: {type(error).__name__}.",
            remedy=REMEDY,
        ) from error


def _longest(told: dict[str, object]) -> int:
    """Return how far the model attends to everything, at unchanged positions.

    Past `original_max_position_embeddings` a model with scaled positions turns to other factors,
    which do not fit the keys that are held. Past `sliding_window` it was trained to look at the
    window alone, which not every kind of attention does.
    """
    limits = [told["max_position_embeddings"]]
    if told.get("rope_scaling"):
        limits.append(told.get("original_max_position_embeddings"))
    limits.append(told.get("sliding_window"))
    return min(limit for limit in limits if isinstance(limit, int))
