# Generated from shared/protocol.schema.json by `npm run generate`; not edited.
"""The protocol's methods, with the types of what each one carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from phi_sidecar.generated import protocol

Params = TypeVar("Params", covariant=True)
Result = TypeVar("Result", covariant=True)
PartialResult = TypeVar("PartialResult", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Method(Generic[Params, Result, PartialResult]):
    """A method of the protocol.

    Attributes:
        result: None for a notification.
        partial_result: None where the result is never streamed.
    """

    name: str
    kind: Literal["request", "notification"]
    between: Literal["editor and sidecar", "sidecar and worker"]
    params: type[Params]
    result: type[Result] | None
    partial_result: type[PartialResult] | None


PHI_INLINE_COMPLETION: Final = Method[
    protocol.InlineCompletionParams, protocol.InlineCompletionResult, None
](
    name="phi/inlineCompletion",
    kind="request",
    between="editor and sidecar",
    params=protocol.InlineCompletionParams,
    result=protocol.InlineCompletionResult,
    partial_result=None,
)

PHI_COMPLETION_SHOWN: Final = Method[
    protocol.CompletionShownParams, None, None
](
    name="phi/completionShown",
    kind="notification",
    between="editor and sidecar",
    params=protocol.CompletionShownParams,
    result=None,
    partial_result=None,
)

PHI_COMPLETION_ACCEPTED: Final = Method[
    protocol.CompletionAcceptedParams, None, None
](
    name="phi/completionAccepted",
    kind="notification",
    between="editor and sidecar",
    params=protocol.CompletionAcceptedParams,
    result=None,
    partial_result=None,
)

PHI_COMPLETION_REJECTED: Final = Method[
    protocol.CompletionRejectedParams, None, None
](
    name="phi/completionRejected",
    kind="notification",
    between="editor and sidecar",
    params=protocol.CompletionRejectedParams,
    result=None,
    partial_result=None,
)

PHI_EXPLAIN_COMPLETION: Final = Method[
    protocol.ExplainCompletionParams, protocol.ExplainCompletionResult, None
](
    name="phi/explainCompletion",
    kind="request",
    between="editor and sidecar",
    params=protocol.ExplainCompletionParams,
    result=protocol.ExplainCompletionResult,
    partial_result=None,
)

PHI_CHAT: Final = Method[
    protocol.ChatParams, protocol.ChatResult, protocol.TextChunk
](
    name="phi/chat",
    kind="request",
    between="editor and sidecar",
    params=protocol.ChatParams,
    result=protocol.ChatResult,
    partial_result=protocol.TextChunk,
)

PHI_FIT_ATTACHMENT: Final = Method[
    protocol.FitAttachmentParams, protocol.AttachmentFit, None
](
    name="phi/fitAttachment",
    kind="request",
    between="editor and sidecar",
    params=protocol.FitAttachmentParams,
    result=protocol.AttachmentFit,
    partial_result=None,
)

PHI_LIST_ACCELERATORS: Final = Method[
    protocol.ListAcceleratorsParams, protocol.ListAcceleratorsResult, None
](
    name="phi/listAccelerators",
    kind="request",
    between="editor and sidecar",
    params=protocol.ListAcceleratorsParams,
    result=protocol.ListAcceleratorsResult,
    partial_result=None,
)

PHI_SELECT_ACCELERATOR: Final = Method[
    protocol.SelectAcceleratorParams, protocol.Status, None
](
    name="phi/selectAccelerator",
    kind="request",
    between="editor and sidecar",
    params=protocol.SelectAcceleratorParams,
    result=protocol.Status,
    partial_result=None,
)

PHI_MEASURE_ACCELERATORS: Final = Method[
    protocol.MeasureAcceleratorsParams, protocol.MeasureAcceleratorsResult, None
](
    name="phi/measureAccelerators",
    kind="request",
    between="editor and sidecar",
    params=protocol.MeasureAcceleratorsParams,
    result=protocol.MeasureAcceleratorsResult,
    partial_result=None,
)

PHI_LIST_MODELS: Final = Method[
    protocol.ListModelsParams, protocol.ListModelsResult, None
](
    name="phi/listModels",
    kind="request",
    between="editor and sidecar",
    params=protocol.ListModelsParams,
    result=protocol.ListModelsResult,
    partial_result=None,
)

PHI_PREPARE_MODEL: Final = Method[
    protocol.PrepareModelParams, protocol.PrepareModelResult, None
](
    name="phi/prepareModel",
    kind="request",
    between="editor and sidecar",
    params=protocol.PrepareModelParams,
    result=protocol.PrepareModelResult,
    partial_result=None,
)

PHI_IMPORT_MODEL: Final = Method[
    protocol.ImportModelParams, protocol.ImportModelResult, None
](
    name="phi/importModel",
    kind="request",
    between="editor and sidecar",
    params=protocol.ImportModelParams,
    result=protocol.ImportModelResult,
    partial_result=None,
)

PHI_REMOVE_MODEL: Final = Method[
    protocol.RemoveModelParams, protocol.RemoveResult, None
](
    name="phi/removeModel",
    kind="request",
    between="editor and sidecar",
    params=protocol.RemoveModelParams,
    result=protocol.RemoveResult,
    partial_result=None,
)

PHI_LIST_ENVIRONMENTS: Final = Method[
    protocol.ListEnvironmentsParams, protocol.ListEnvironmentsResult, None
](
    name="phi/listEnvironments",
    kind="request",
    between="editor and sidecar",
    params=protocol.ListEnvironmentsParams,
    result=protocol.ListEnvironmentsResult,
    partial_result=None,
)

PHI_PREPARE_ENVIRONMENT: Final = Method[
    protocol.PrepareEnvironmentParams, protocol.PrepareEnvironmentResult, None
](
    name="phi/prepareEnvironment",
    kind="request",
    between="editor and sidecar",
    params=protocol.PrepareEnvironmentParams,
    result=protocol.PrepareEnvironmentResult,
    partial_result=None,
)

PHI_REMOVE_ENVIRONMENT: Final = Method[
    protocol.RemoveEnvironmentParams, protocol.RemoveResult, None
](
    name="phi/removeEnvironment",
    kind="request",
    between="editor and sidecar",
    params=protocol.RemoveEnvironmentParams,
    result=protocol.RemoveResult,
    partial_result=None,
)

PHI_DOCTOR: Final = Method[
    protocol.DoctorParams, protocol.DoctorResult, None
](
    name="phi/doctor",
    kind="request",
    between="editor and sidecar",
    params=protocol.DoctorParams,
    result=protocol.DoctorResult,
    partial_result=None,
)

PHI_STATUS: Final = Method[
    protocol.StatusParams, protocol.Status, None
](
    name="phi/status",
    kind="request",
    between="editor and sidecar",
    params=protocol.StatusParams,
    result=protocol.Status,
    partial_result=None,
)

PHI_DID_CHANGE_STATUS: Final = Method[
    protocol.Status, None, None
](
    name="phi/didChangeStatus",
    kind="notification",
    between="editor and sidecar",
    params=protocol.Status,
    result=None,
    partial_result=None,
)

WORKER_AUTHENTICATE: Final = Method[
    protocol.AuthenticateParams, protocol.AuthenticateResult, None
](
    name="worker/authenticate",
    kind="request",
    between="sidecar and worker",
    params=protocol.AuthenticateParams,
    result=protocol.AuthenticateResult,
    partial_result=None,
)

WORKER_LOAD: Final = Method[
    protocol.LoadParams, protocol.LoadResult, None
](
    name="worker/load",
    kind="request",
    between="sidecar and worker",
    params=protocol.LoadParams,
    result=protocol.LoadResult,
    partial_result=None,
)

WORKER_GENERATE: Final = Method[
    protocol.GenerateParams, protocol.GenerateResult, protocol.TextChunk
](
    name="worker/generate",
    kind="request",
    between="sidecar and worker",
    params=protocol.GenerateParams,
    result=protocol.GenerateResult,
    partial_result=protocol.TextChunk,
)

WORKER_COUNT_TOKENS: Final = Method[
    protocol.CountTokensParams, protocol.CountTokensResult, None
](
    name="worker/countTokens",
    kind="request",
    between="sidecar and worker",
    params=protocol.CountTokensParams,
    result=protocol.CountTokensResult,
    partial_result=None,
)

WORKER_STATUS: Final = Method[
    protocol.WorkerStatusParams, protocol.WorkerStatus, None
](
    name="worker/status",
    kind="request",
    between="sidecar and worker",
    params=protocol.WorkerStatusParams,
    result=protocol.WorkerStatus,
    partial_result=None,
)

WORKER_UNLOAD: Final = Method[
    protocol.UnloadParams, protocol.UnloadResult, None
](
    name="worker/unload",
    kind="request",
    between="sidecar and worker",
    params=protocol.UnloadParams,
    result=protocol.UnloadResult,
    partial_result=None,
)

METHODS: Final[Mapping[str, Method[object, object, object]]] = {
    method.name: method
    for method in (
        PHI_INLINE_COMPLETION,
        PHI_COMPLETION_SHOWN,
        PHI_COMPLETION_ACCEPTED,
        PHI_COMPLETION_REJECTED,
        PHI_EXPLAIN_COMPLETION,
        PHI_CHAT,
        PHI_FIT_ATTACHMENT,
        PHI_LIST_ACCELERATORS,
        PHI_SELECT_ACCELERATOR,
        PHI_MEASURE_ACCELERATORS,
        PHI_LIST_MODELS,
        PHI_PREPARE_MODEL,
        PHI_IMPORT_MODEL,
        PHI_REMOVE_MODEL,
        PHI_LIST_ENVIRONMENTS,
        PHI_PREPARE_ENVIRONMENT,
        PHI_REMOVE_ENVIRONMENT,
        PHI_DOCTOR,
        PHI_STATUS,
        PHI_DID_CHANGE_STATUS,
        WORKER_AUTHENTICATE,
        WORKER_LOAD,
        WORKER_GENERATE,
        WORKER_COUNT_TOKENS,
        WORKER_STATUS,
        WORKER_UNLOAD,
    )
}
"""Every method by its name."""
