"""The seam between the worker and the runtimes.

A backend is one file that adapts one runtime. It imports its runtime inside `probe` and `load`
only, so that the sidecar can import the backend to name it, and it knows nothing of editors.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated.protocol import (
    Capabilities,
    ChatPrompt,
    FinishReason,
    Lane,
    RawPrompt,
    Sampling,
)
from phi_sidecar.machine.hardware import Hardware

ANSWER_SHARE = 0.25
"""How much of the context window is kept free for the answer, if it may become that long."""


@dataclass(frozen=True)
class DeviceKind:
    """A kind of device that a backend can run on.

    Attributes:
        device: the runtime's own id (`CPU`, `GPU`, `NPU`); several of a kind are `GPU.0`, `GPU.1`.
        name: the accelerator's name for people, such as `CPU (OpenVINO)`.
        always_present: every machine has it, so it is listed before the runtime could be asked.
        absent_reason: why it is not usable where the runtime does not find it.
        absent_remedy: what the person can do then.
        driver_url: a page where its driver can be had; None where it needs none.
        needs: what must be in the machine for it; the machine's inventory tells whether it is,
            before the runtime is installed.
        oldest_driver: the oldest version of Windows' driver that works, such as `32.0.100.3104`;
            None where any does, or where that is not known.
        kv_value_bytes: what one number of keys and values takes there, its scales included.
        beside_tokens: for how many tokens there is room beside a whole context, where several
            requests are answered at once.
        most_tokens: longest context that a backend gives a model there of itself; None where only
            the model and the memory limit it.
        scales_positions: a context may be longer than up to where a model's positions are
            unscaled.
    """

    device: str
    name: str
    always_present: bool
    absent_reason: str
    absent_remedy: str
    driver_url: str | None = None
    needs: Hardware = Hardware.ANY
    oldest_driver: str | None = None
    kv_value_bytes: float = 2
    beside_tokens: int = 0
    most_tokens: int | None = None
    scales_positions: bool = False


@dataclass(frozen=True)
class Device:
    """A device that the runtime found in this machine.

    Attributes:
        device: the runtime's own id, such as `GPU.0`.
        full_name: the maker's name of it.
    """

    device: str
    full_name: str


@dataclass(frozen=True)
class LoadSpec:
    """What to load.

    Attributes:
        model: the model's folder or file; None for a backend that needs none.
        device: the runtime's own id.
        quantization: how the weights shall be: as the model's files have them, or, for a backend
            that quantizes while it loads, what it shall make of them.
        context_window: tokens that are used of those that the model was made for.
        cache: a folder of this backend's own for compiled models; may not exist yet.
        kv_cache_bytes: how much memory the keys and values may take.
        backend_options: passed on to the runtime as they are.
    """

    model: Path | None
    device: str
    quantization: str
    context_window: int
    cache: Path
    kv_cache_bytes: int
    backend_options: dict[str, str]


@dataclass(frozen=True)
class GenerateRequest:
    """One generation.

    Attributes:
        id: unique among the requests under way.
        stop: strings that end the answer; matched by the worker, a backend need not know them.
        log_probs: whether the pieces shall tell how probable they are.
        given: what the answer begins with; it is read, and is the first piece.
    """

    id: int
    lane: Lane
    prompt: RawPrompt | ChatPrompt
    sampling: Sampling
    stop: tuple[str, ...] = ()
    log_probs: bool = False
    given: str = ""


@dataclass(frozen=True)
class Accepted:
    """The prompt was taken in.

    Attributes:
        prompt_tokens: tokens of the prompt, template and all.
        cached_tokens: those of them whose keys and values are reused.
    """

    id: int
    prompt_tokens: int
    cached_tokens: int


@dataclass(frozen=True)
class Piece:
    """Decoded text that is final: whole characters, never taken back.

    Attributes:
        tokens: how many tokens were decoded since the last piece; the text may lag behind them.
        log_prob: natural logarithm of how probable the model held these tokens, together, whatever
            was sampled by; a token that ends the answer adds nothing to it. None where it was not
            asked for, or where the runtime does not tell.
    """

    id: int
    text: str
    tokens: int
    log_prob: float | None = None


@dataclass(frozen=True)
class Finished:
    """The generation ended; no further event carries its id."""

    id: int
    reason: FinishReason


@dataclass(frozen=True)
class Failed:
    """The runtime gave up on this generation; no further event carries its id."""

    id: int
    error: Exception


Event = Accepted | Piece | Finished | Failed


class LoadedModel(Protocol):
    """A model resident on one device. Not thread-safe: one thread calls all of it.

    It advances in steps, so that the worker hears new requests and cancels between them.
    """

    capabilities: Capabilities

    executing_device: str
    """Read back from the runtime, never what was asked for."""

    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all; quick, and disturbs nothing.

        It is what `Accepted.prompt_tokens` would be, however long the prompt.
        """

    def add(self, request: GenerateRequest) -> None:
        """Take in a request; its events come from `step`.

        Raises:
            PromptTooLong: the prompt exceeds the capabilities; nothing was taken in.
        """

    def cancel(self, request_id: int) -> None:
        """End a request within one step, with `Finished(cancelled)`; unknown ids are ignored."""

    def step(self) -> Sequence[Event]:
        """Do the next token or tokens of each request under way, or one stretch of a prefill.

        Returns at once with nothing when there is nothing to do.
        """

    def close(self) -> None:
        """Give the memory back; nothing may be called afterwards."""


def most_prompt_tokens(capabilities: Capabilities, max_new_tokens: int) -> int:
    """Return how long a prompt may be beside an answer of up to a quarter of the window."""
    answer = min(max_new_tokens, int(capabilities.context_window * ANSWER_SHARE))
    return min(capabilities.max_prompt_tokens, capabilities.context_window - answer)


def continued(prompt: RawPrompt | ChatPrompt, ids: Sequence[int]) -> Sequence[int]:
    """Return the ids of the text that the answer continues: none where a turn begins."""
    return ids if isinstance(prompt, RawPrompt) or prompt.answer_start else ()


def with_answer_begun(prompt: RawPrompt | ChatPrompt, text: str) -> RawPrompt | ChatPrompt:
    """Return a prompt behind which a text was said already."""
    if isinstance(prompt, RawPrompt):
        return replace(prompt, text=prompt.text + text)
    return replace(prompt, answer_start=prompt.answer_start + text)


def refuse_if_too_long(prompt_tokens: int, sampling: Sampling, capabilities: Capabilities) -> None:
    """Compare a prompt with what fits beside an answer of up to a quarter of the window.

    Raises:
        PromptTooLong: it is longer.
    """
    most = most_prompt_tokens(capabilities, sampling.max_new_tokens)
    if prompt_tokens > most:
        raise PromptTooLong(
            # Tokenizers cut what exceeds the model's window, so the count may be short.
            f"The prompt has {prompt_tokens} tokens or more; at most {most} fit beside the answer."
        )


class Backend(Protocol):
    """Adapts one runtime."""

    id: str
    environment: str | None
    """The runtime environment it needs; None when the sidecar's own Python is enough."""
    devices: Sequence[DeviceKind]
    needs_model: bool

    def probe(self) -> Sequence[Device]:
        """Ask the runtime what it finds. Runs inside the environment.

        Raises:
            AcceleratorUnusable: the runtime itself does not work here.
        """

    def load(self, spec: LoadSpec) -> LoadedModel:
        """Load and compile; takes seconds. Runs inside the environment.

        Raises:
            AcceleratorUnusable: the device is not there, or the runtime fell back to another.
            ModelDamaged: the model's files cannot be read.
        """
