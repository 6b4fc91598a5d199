"""The handlers of chat."""

from functools import partial

from phi_sidecar.chat.sampling import sampling_of
from phi_sidecar.engine.chat import Question
from phi_sidecar.generated import protocol as p
from phi_sidecar.lsp.places import rule_against_document
from phi_sidecar.lsp.server import SidecarServer


async def chat(server: SidecarServer, params: p.ChatParams) -> p.ChatResult:
    """Answer `phi/chat`; a cancelled one returns what came."""
    settings = server.settings
    question = Question(
        messages=params.messages,
        sampling=params.sampling or sampling_of(settings, another=params.another),
        rule_against=partial(rule_against_document, server),
        system_prompt=settings.chat_system_prompt,
    )
    return await server.chat.answer(
        question, on_chunk=partial(server.stream, params.partial_result_token)
    )


async def fit_attachment(server: SidecarServer, params: p.FitAttachmentParams) -> p.AttachmentFit:
    """Answer `phi/fitAttachment`."""
    return await server.chat.fit(params.attachment, partial(rule_against_document, server))
