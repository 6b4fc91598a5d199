"""The sizes of a model, from its config.json."""

from collections.abc import Mapping
from dataclasses import dataclass


class NotAModel(ValueError):
    """A config.json does not describe a language model; the message says what it lacks."""


@dataclass(frozen=True)
class Architecture:
    """What a model consists of.

    Attributes:
        model_type: what its makers' code is called, such as `phi3`.
        context_window: tokens that it was trained for, prompt and answer together.
        tied: the last layer's weights are the embedding's.
    """

    model_type: str
    hidden_size: int
    intermediate_size: int
    layers: int
    heads: int
    kv_heads: int
    head_size: int
    vocabulary: int
    context_window: int
    tied: bool

    @property
    def row_lengths(self) -> tuple[int, ...]:
        """Lengths of the rows of weights that share scales when they are rounded."""
        return (self.hidden_size, self.heads * self.head_size, self.intermediate_size)

    @property
    def embedding_parameters(self) -> int:
        """Weights of the table from tokens to vectors."""
        return self.vocabulary * self.hidden_size

    @property
    def parameters(self) -> int:
        """All its weights, but for the few of its norms."""
        queries = self.heads * self.head_size
        attention = self.hidden_size * (2 * queries + 2 * self.kv_heads * self.head_size)
        feed_forward = 3 * self.hidden_size * self.intermediate_size
        embeddings = self.embedding_parameters * (1 if self.tied else 2)
        return self.layers * (attention + feed_forward) + embeddings

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of keys and values of one token, at 16 bits each."""
        return 2 * 2 * self.layers * self.kv_heads * self.head_size


def read_architecture(config: Mapping[str, object]) -> Architecture:
    """Read a model's sizes from what its config.json holds.

    Raises:
        NotAModel: it does not describe a model that continues text.
    """
    model_type = config.get("model_type")
    if not isinstance(model_type, str):
        raise NotAModel("its config.json names no model_type")
    architectures = config.get("architectures") or []
    if not isinstance(architectures, list) or not all(
        isinstance(name, str) and name.endswith("ForCausalLM") for name in architectures
    ):
        raise NotAModel("it is no model that continues text (architectures in its config.json)")
    hidden, heads = _size(config, "hidden_size"), _size(config, "num_attention_heads")
    return Architecture(
        model_type=model_type,
        hidden_size=hidden,
        intermediate_size=_size(config, "intermediate_size"),
        layers=_size(config, "num_hidden_layers"),
        heads=heads,
        kv_heads=_size(config, "num_key_value_heads", heads),
        head_size=_size(config, "head_dim", hidden // heads),
        vocabulary=_size(config, "vocab_size"),
        context_window=_size(config, "max_position_embeddings"),
        tied=config.get("tie_word_embeddings") is True,
    )


def _size(config: Mapping[str, object], name: str, otherwise: int | None = None) -> int:
    value = config.get(name)
    if value is None and otherwise is not None:
        return otherwise
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise NotAModel(f"its config.json gives no usable {name}")
    return value
