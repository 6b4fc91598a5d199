"""What makes up another assistant's way, and how it is gone."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from phi_sidecar.engine.engine import Engine
from phi_sidecar.errors import PromptTooLong
from phi_sidecar.generated import protocol as p

from quality.filling import Filling, as_text
from quality.holes import Hole


@dataclass(frozen=True)
class Asked:
    """A question to the model.

    Attributes:
        stop: strings that end the answer.
    """

    prompt: p.RawPrompt | p.ChatPrompt
    max_new_tokens: int
    stop: tuple[str, ...] = ()


def _goes_on(answer: str, tokens: int) -> bool:
    return False


@dataclass(frozen=True)
class Way:
    """Another assistant's way.

    Attributes:
        ask: the question at a hole.
        read: from the hole and the answer to what is shown.
        is_enough: whether an answer of so many tokens is ended where it stands.
    """

    name: str
    ask: Callable[[Hole], Asked]
    read: Callable[[Hole, str], str]
    is_enough: Callable[[str, int], bool] = _goes_on


class AsPeer:
    """Fills in another assistant's way."""

    def __init__(self, way: Way, engine: Engine) -> None:
        self.name = way.name
        self._way = way
        self._engine = engine

    async def fill(self, hole: Hole) -> Filling:
        """Ask, read, and show whatever is left."""
        asked = self._way.ask(hole)
        if isinstance(asked.prompt, p.RawPrompt) and not asked.prompt.text:
            # At a file's beginning there is nothing that a model could continue.
            return Filling("", p.CompletionOutcome.unsuitable_place, 0.0, detail="an empty prompt")
        params = p.GenerateParams(
            lane=p.Lane.completion,
            prompt=asked.prompt,
            sampling=p.Sampling(max_new_tokens=asked.max_new_tokens),
            stop=list(asked.stop),
        )
        answer, tokens = "", 0

        def feed(chunk: p.TextChunk) -> None:
            nonlocal answer, tokens
            answer += chunk.text
            tokens += chunk.tokens
            if self._way.is_enough(answer, tokens):
                generation.cancel()

        began_s = time.perf_counter()
        try:
            async with self._engine.generating(params, feed) as generation:
                result = await generation.result()
        except PromptTooLong as error:
            return Filling("", p.CompletionOutcome.unsuitable_place, 0.0, detail=str(error))
        text = self._way.read(hole, result.text)
        shown = bool(text.strip())
        outcome = p.CompletionOutcome.suggested if shown else p.CompletionOutcome.nothing_to_add
        filling = Filling(text if shown else "", outcome, (time.perf_counter() - began_s) * 1000)
        return replace(
            filling,
            asked=(as_text(asked.prompt),),
            answer=result.text,
            finish_reason=result.finish_reason,
            metrics=result.metrics,
        )
