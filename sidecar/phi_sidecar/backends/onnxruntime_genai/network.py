"""One generator of the library, kept and rewound as far as its provider allows."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import onnxruntime_genai as og

from phi_sidecar.backends.numpy_choice import Logits

STEP_S = 0.12
"""How long a chunk of a prefill may take: it holds the interpreter's lock, and a stop is to be
noticed within 200 ms."""

FIRST_CHUNK_TOKENS = 16
"""While the speed is not known; the first prompt of more than this tells it."""

LEAST_CHUNK_TOKENS = 8
"""Each step costs as such: fewer tokens are slower each, and would seem to ask for fewer yet."""

MOST_CHUNK_TOKENS = 256
"""More at once gains nothing: 1,024 tokens take 1.5 s in chunks of 64 to 256, and 1.7 s in one (a
model of the starter's size, 4 bits, on a CPU)."""

ROOM_STEP = 256
"""Generators that live for one request are made for lengths that come again, for the memory of the
last to fit the next."""


class GeneratorNetwork:
    """A model on its device, with the keys and values of what it was fed.

    A generator that cannot go on from what it holds is replaced by a new one, and all is computed
    again in one step: slower, and right.

    Attributes:
        chunk_tokens: how many tokens may be fed in one step.
        appends: the provider takes more tokens after the first ones.
        rewinds: it takes them after it has forgotten some, too.
        expected_tokens: how long the request under way may become.
    """

    def __init__(
        self, make_generator: Callable[[int], "og.Generator"], window: int, *, appends: bool
    ) -> None:
        """Make generators for up to so many tokens each, of at most `window`."""
        self._make = make_generator
        self._window = window
        self._generator: og.Generator | None = None
        self._ids: list[int] = []
        self._computed = 0
        self.appends = self.rewinds = appends
        self.chunk_tokens = FIRST_CHUNK_TOKENS if appends else window
        self.expected_tokens = window

    def try_out(self) -> None:
        """Find out with a few tokens what the provider refuses."""
        for ids in ([1, 2, 3], [1, 4]):
            self.rewind(min(1, len(self._ids)))
            for id in ids[len(self._ids) :]:
                self.feed([id])
        self.rewind(0)

    def rewind(self, tokens: int) -> None:
        """Keep the keys and values of the first tokens alone."""
        del self._ids[tokens:]
        if self._computed <= tokens:
            return
        if self.rewinds and self._generator is not None:
            try:
                self._generator.rewind_to(tokens)
                self._computed = tokens
            except RuntimeError as error:
                self.rewinds = not is_refusal(error)
            else:
                return
        self._drop()

    def feed(self, ids: Sequence[int]) -> None:
        """Compute keys and values, now or with what follows."""
        self._ids += ids
        if self.appends:
            self._compute()

    def predict(self, ids: Sequence[int]) -> Logits:
        """Compute all there is, and return what is said about the next token."""
        self._ids += ids
        generator = self._compute()
        logits: Logits = generator.get_logits().reshape(-1)
        return logits

    def close(self) -> None:
        """Give the memory back; the model's own, too, unless another holds it."""
        self._drop()
        self._make = _closed

    def _compute(self) -> "og.Generator":
        if self._generator is not None and self._computed:
            try:
                return self._continue(self._generator)
            except RuntimeError as error:
                if is_refusal(error):
                    self.appends = self.rewinds = False
                    self.chunk_tokens = self._window
        return self._begin()

    def _continue(self, generator: "og.Generator") -> "og.Generator":
        unfed = self._ids[self._computed :]
        if self.appends:
            self._append(generator, unfed)
        elif len(unfed) == 1:
            _choose(generator, unfed[0])
        else:
            return self._begin()
        self._computed = len(self._ids)
        return generator

    def _begin(self) -> "og.Generator":
        if self._generator is None or self._computed:
            self._drop()
            length = self._window
            if not self.rewinds:
                needed = max(self.expected_tokens, len(self._ids) + 1)
                length = min(length, -(-needed // ROOM_STEP) * ROOM_STEP)
            self._generator = self._make(length)
        try:
            self._append(self._generator, self._ids)
        except RuntimeError:
            self._drop()
            raise
        self._computed = len(self._ids)
        return self._generator

    def _append(self, generator: "og.Generator", ids: Sequence[int]) -> None:
        began_s = time.perf_counter()
        generator.append_tokens(np.array(ids, dtype=np.int32))
        if self.appends and len(ids) >= LEAST_CHUNK_TOKENS:
            s_per_token = (time.perf_counter() - began_s) / len(ids)
            fitting = min(MOST_CHUNK_TOKENS, int(STEP_S / s_per_token))
            self.chunk_tokens = max(LEAST_CHUNK_TOKENS, fitting)

    def _drop(self) -> None:
        # The old one's memory first: there may not be enough for two.
        self._generator = None
        self._computed = 0


def is_refusal(error: RuntimeError) -> bool:
    """Tell whether the library says that it cannot do this at all, rather than that it failed.

    It has one kind of error: "Continuous decoding is not supported on the selected device type",
    "RewindTo is currently not supported for ...".
    """
    return "not supported" in str(error)


def _closed(_: int) -> "og.Generator":
    raise RuntimeError("The model was closed.")


def _choose(generator: "og.Generator", token: int) -> None:
    """Have a generator that takes no more tokens choose this one."""
    scores = generator.get_logits()
    scores[...] = 0
    scores.reshape(-1)[token] = 1
    generator.set_logits(scores)
    generator.generate_next_token()
