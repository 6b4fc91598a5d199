"""A cursor in a text, written as it looks: `█` stands where the cursor does."""

from collections.abc import Callable

import pytest
from phi_sidecar.completion.context import (
    CompletionContext,
    DocumentView,
    PromptBudget,
    build_context,
)

ContextAt = Callable[..., CompletionContext]


@pytest.fixture(scope="session")
def context_at() -> ContextAt:
    def build(
        marked: str, language: str = "python", prefix_tokens: int = 1_000
    ) -> CompletionContext:
        before, cursor, after = marked.partition("█")
        assert cursor, "the text has no cursor"
        line = before.count("\n")
        column = len(before) - before.rfind("\n") - 1
        document = DocumentView(before + after, language, "src/file")
        return build_context(document, line, column, PromptBudget(prefix_tokens))

    return build
