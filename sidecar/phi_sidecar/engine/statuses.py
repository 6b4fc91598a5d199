"""What is said of a model: on its way, answering, not available, or staying after all."""

from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.engine.activation import ActiveModel
from phi_sidecar.engine.installation import Installation
from phi_sidecar.errors import NotReady, PhiSidecarError
from phi_sidecar.generated import protocol as p

DIED = "The process that holds the model ended unexpectedly."


def without_model(installation: Installation, selection: Selection, phase: p.Phase) -> p.Status:
    """Return a status in which nothing of an earlier model is left."""
    try:
        name = installation.name_of(selection.accelerator)
    except PhiSidecarError:
        name = selection.accelerator
    return p.Status(phase=phase, accelerator=selection.accelerator, accelerator_name=name)


def answering(active: ActiveModel, *, generating: bool, problem: str | None) -> p.Status:
    """Return the status of a model that answers; `problem` is what is worth knowing beside."""
    return p.Status(
        phase=p.Phase.ready,
        accelerator=active.selection.accelerator,
        accelerator_name=active.accelerator_name,
        model=active.info,
        executing_device=active.loaded.executing_device,
        generating=generating,
        context_window=active.loaded.capabilities.context_window,
        limits=[*limits_of(active.loaded.capabilities), *_context_limits(active)],
        reason=problem,
        remedy="Choose the accelerator again." if problem else None,
    )


def not_ready(status: p.Status) -> NotReady:
    """Return the error of asking a model that does not answer."""
    match status.phase:
        case p.Phase.unavailable:
            reason = status.reason or "No model is available."
            return NotReady(reason, remedy=status.remedy)
        case p.Phase.preparing:
            return NotReady("The runtime and the model are still being set up.")
        case p.Phase.loading | p.Phase.ready:
            return NotReady("The model is still being loaded.")


def died_too_often() -> NotReady:
    """Return the error of a worker that is not started any more."""
    return NotReady(
        f"{DIED} It did so several times in a row.",
        remedy="Choose 'Try again'; if it stays, switch to another accelerator.",
    )


def keeps_answering(error: PhiSidecarError, old: ActiveModel) -> PhiSidecarError:
    """Return the error of a failed switch, which also says who answers now."""
    message = f"{_sentence(str(error))} {old.accelerator_name} keeps answering."
    return type(error)(message, remedy=error.remedy)


def comes_back(error: PhiSidecarError, old: ActiveModel) -> PhiSidecarError:
    """Return the error of a failed switch that the old model had gone for."""
    message = f"{_sentence(str(error))} {old.accelerator_name} is being loaded again."
    return type(error)(message, remedy=error.remedy)


def limits_of(capabilities: p.Capabilities) -> list[str]:
    """Say what people would otherwise take for a fault."""
    limits = []
    if not capabilities.concurrent_requests:
        limits.append("A suggestion waits while an answer is written.")
        if capabilities.prefix_reuse:
            # There is one set of keys and values, and those of the answer are in it then.
            limits.append("The first suggestion after an answer takes longer.")
    if not capabilities.cancel_during_prefill:
        limits.append("A stop waits until the prompt has been read.")
    if not capabilities.prefix_reuse:
        limits.append("Each prompt is read from its beginning, so the first word takes longer.")
    if capabilities.max_prompt_tokens < capabilities.context_window - 1:
        limits.append(f"A prompt has at most {capabilities.max_prompt_tokens:,} tokens.")
    return limits


def _context_limits(active: ActiveModel) -> list[str]:
    """Say where a context is shorter than its model's own, and why if that is known."""
    window = active.loaded.capabilities.context_window
    if active.model is None or window >= active.model.context_window:
        return []
    said = f"It reads and writes {window:,} tokens at most; the model itself could do"
    said += f" {active.model.context_window:,}."
    context = active.context
    if context is not None and context.short and context.tokens == window:
        said += " More would take memory that is not there."
    return [said]


def _sentence(text: str) -> str:
    """End a text with a full stop: what a runtime says often has none."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
