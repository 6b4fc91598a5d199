"""The errors of Phi Sidecar: each says what happened and what the person can do about it.

Only `lsp` and `worker` translate them to and from JSON-RPC's errors.
"""

from phi_sidecar.generated.protocol import ErrorCode


class PhiSidecarError(Exception):
    """What happened, in a sentence for people.

    Attributes:
        code: what it is called in the protocol.
        remedy: what the person can do about it, in a sentence.
    """

    code: ErrorCode
    remedy: str = "Run 'phi-sidecar doctor' and report what it prints."

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        if remedy is not None:
            self.remedy = remedy


class NotReady(PhiSidecarError):
    """The model is still being prepared or loaded, or cannot be."""

    code = ErrorCode.not_ready
    remedy = "Wait until the status says ready."


class PromptTooLong(PhiSidecarError):
    """The prompt exceeds what the loaded model can take; nothing was generated."""

    code = ErrorCode.prompt_too_long
    remedy = "Shorten the message or start a new conversation."


class ExcludedFile(PhiSidecarError):
    """A file is one of those that are never read into a prompt."""

    code = ErrorCode.excluded_file
    remedy = "Copy the lines that the question is about into the question itself."


class WorkerDied(PhiSidecarError):
    """The process that holds the model ended in the middle of the work."""

    code = ErrorCode.worker_died
    remedy = "Try again in a moment; if it stays, switch to another accelerator."


class UnknownAccelerator(PhiSidecarError):
    """No backend offers an accelerator of that id."""

    code = ErrorCode.unknown_accelerator
    remedy = "Run 'phi-sidecar accelerators list' to see the ids."


class UnknownModel(PhiSidecarError):
    """There is no model of that id, or none of its builds is what was asked for."""

    code = ErrorCode.unknown_model
    remedy = "Run 'phi-sidecar models list' to see what there is."


class AcceleratorUnusable(PhiSidecarError):
    """The accelerator is known, but cannot be used on this machine as it is."""

    code = ErrorCode.accelerator_unusable


class PreparationFailed(PhiSidecarError):
    """A runtime environment or a model could not be made; what was there before is untouched."""

    code = ErrorCode.preparation_failed


class ModelDamaged(PhiSidecarError):
    """A model's files are not what they should be."""

    code = ErrorCode.model_damaged


class NotAuthenticated(PhiSidecarError):
    """A connection to a worker did not begin with the right secret, or its place is not ours."""

    code = ErrorCode.not_authenticated


class RuntimeFailed(PhiSidecarError):
    """The runtime gave up on a request, or as a whole."""

    code = ErrorCode.runtime_failed
    remedy = "Try again; if it happens again, run 'phi-sidecar doctor' and report what it prints."
