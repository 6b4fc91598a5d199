"""How an answer's tokens are chosen."""

from phi_sidecar.generated.protocol import Sampling, SidecarSettings

ANOTHER_LEAST_TEMPERATURE = 0.7
"""Below it a small model's second answer is mostly the first one again."""


def sampling_of(settings: SidecarSettings, *, another: bool = False) -> Sampling:
    """Return what the settings say; `another` answer than the likeliest one is sampled anyway."""
    if another:
        return Sampling(
            max_new_tokens=settings.chat_max_new_tokens,
            temperature=max(settings.chat_temperature, ANOTHER_LEAST_TEMPERATURE),
            top_p=settings.chat_top_p,
        )
    if not settings.chat_sampling:
        return Sampling(max_new_tokens=settings.chat_max_new_tokens)
    return Sampling(
        max_new_tokens=settings.chat_max_new_tokens,
        temperature=settings.chat_temperature,
        top_p=settings.chat_top_p,
    )
