"""How a place is put to a model, one way per file; which way depends on its family and the place.

The tables follow what was best on some hundred holes that the starter filled; docs/quality.md says
how to measure it anew.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt
from phi_sidecar.completion.situation import Situation, situation_of
from phi_sidecar.completion.strategies.after_first import ask_with_after_first
from phi_sidecar.completion.strategies.answer_begun import ask_by_answer_begun
from phi_sidecar.completion.strategies.continuation import ask_to_continue
from phi_sidecar.completion.strategies.instruct import ask_by_chat
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.models.catalog import CompletionStyle

Strategy = Callable[[CompletionContext, Mode, int], CompletionPrompt]
"""From what surrounds the cursor, how much is wanted, and the most tokens, to the question."""

WAYS: Mapping[str, Strategy] = MappingProxyType(
    {
        "continuation": ask_to_continue,
        "after-first": ask_with_after_first,
        "answer-begun": ask_by_answer_begun,
        "instruct": ask_by_chat,
    }
)
"""Every way of asking by its name."""

_BEST: Mapping[CompletionStyle, Mapping[Situation, str]] = MappingProxyType(
    {
        CompletionStyle.CONTINUATION: MappingProxyType(
            dict.fromkeys(Situation, "after-first") | {Situation.END: "continuation"}
        ),
        # Not measured on Phi-3. The starter, which was taught to chat as well, filled nearly twice
        # as many holes so as by "instruct", and all that is typed only appends to the prompt.
        CompletionStyle.INSTRUCT: MappingProxyType(dict.fromkeys(Situation, "answer-begun")),
    }
)

_OTHERS: Mapping[CompletionStyle, tuple[str, ...]] = MappingProxyType(
    {
        CompletionStyle.CONTINUATION: ("answer-begun", "after-first"),
        CompletionStyle.INSTRUCT: ("continuation", "answer-begun"),
    }
)
"""What is tried where a person wants to see more than one suggestion, the likeliest first."""


def second_way(style: CompletionStyle, context: CompletionContext) -> Strategy:
    """Return another way of asking than the best one at this place."""
    best = _BEST[style][situation_of(context)]
    return _named(next(name for name in _OTHERS[style] if name != best))


def _by_situation(best: Mapping[Situation, str]) -> Strategy:
    def ask(context: CompletionContext, mode: Mode, max_new_tokens: int) -> CompletionPrompt:
        return _named(best[situation_of(context)])(context, mode, max_new_tokens)

    return ask


def _named(name: str) -> Strategy:
    def ask(context: CompletionContext, mode: Mode, max_new_tokens: int) -> CompletionPrompt:
        return WAYS[name](context, mode, max_new_tokens).named(name)

    return ask


STRATEGIES: Mapping[CompletionStyle, Strategy] = MappingProxyType(
    {style: _by_situation(best) for style, best in _BEST.items()}
)
"""What each style of the catalog's families stands for: the best way at each kind of place."""


def strategy_for(style: CompletionStyle, way: str | None = None) -> Strategy:
    """Return how a model is asked.

    Args:
        style: of the model's family.
        way: what was chosen for the model instead, if it is known here.
    """
    return STRATEGIES[style] if way is None or way not in WAYS else _named(way)
