"""The handler of chat."""

from typing import TYPE_CHECKING

from phi_sidecar.engine.chat import answer
from phi_sidecar.generated import protocol as p

if TYPE_CHECKING:
    from phi_sidecar.lsp.server import SidecarServer


async def chat(server: "SidecarServer", params: p.ChatParams) -> p.ChatResult:
    """Answer `phi/chat`; a cancelled one returns what came."""
    sampling = params.sampling or p.Sampling(
        max_new_tokens=server.settings.chat_max_new_tokens,
        temperature=server.settings.chat_temperature,
    )

    def on_text(text: str) -> None:
        server.stream(params.partial_result_token, p.TextChunk(text=text))

    ended = await answer(server.engine, params.messages, sampling, on_text)
    return ended.chat_result
