"""How a place is put to a model, one way per file; which way it is depends on its family."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from phi_sidecar.completion.context import CompletionContext
from phi_sidecar.completion.prompt import CompletionPrompt
from phi_sidecar.completion.strategies.continuation import ask_to_continue
from phi_sidecar.completion.strategies.instruct import ask_by_chat
from phi_sidecar.completion.suggestion import Mode
from phi_sidecar.models.catalog import CompletionStyle

Strategy = Callable[[CompletionContext, Mode, int], CompletionPrompt]
"""From what surrounds the cursor, how much is wanted, and the most tokens, to the question."""

STRATEGIES: Mapping[CompletionStyle, Strategy] = MappingProxyType(
    {
        CompletionStyle.CONTINUATION: ask_to_continue,
        CompletionStyle.INSTRUCT: ask_by_chat,
    }
)
"""What each style of the catalog's families stands for."""
