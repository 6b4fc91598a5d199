"""Loads what reads a language beside the event loop, which the import of it would hold up."""

import asyncio

from phi_sidecar.completion import tokens
from phi_sidecar.completion.language import language_of


class Readers:
    """Loads each once: Pygments spoils a lexer's tables where two threads make them."""

    def __init__(self) -> None:
        self._loading: dict[str, asyncio.Task[None]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def load(self, language_id: str) -> None:
        """Load what will read a language, after those that were asked for before.

        Several at once would take the processor from a request that needs one of them.
        """
        async with self._one_at_a_time:
            await self.ready(language_id)

    async def ready(self, language_id: str) -> None:
        """Wait until what reads a language is there; it is loaded at once if need be."""
        lexer = language_of(language_id).lexer
        if lexer not in self._loading:
            self._loading[lexer] = asyncio.create_task(asyncio.to_thread(tokens.warm, lexer))
        # Whoever gives up waiting leaves it to the next one.
        await asyncio.shield(self._loading[lexer])
