// Generated from shared/protocol.schema.json by `npm run generate`; not edited.
import type {
  AttachmentFit,
  AuthenticateParams,
  AuthenticateResult,
  ChatParams,
  ChatResult,
  CompletionAcceptedParams,
  CompletionRejectedParams,
  CompletionShownParams,
  CountTokensParams,
  CountTokensResult,
  DoctorParams,
  DoctorResult,
  ExplainCompletionParams,
  ExplainCompletionResult,
  FitAttachmentParams,
  GenerateParams,
  GenerateResult,
  ImportModelParams,
  ImportModelResult,
  InlineCompletionParams,
  InlineCompletionResult,
  ListAcceleratorsParams,
  ListAcceleratorsResult,
  ListEnvironmentsParams,
  ListEnvironmentsResult,
  ListModelsParams,
  ListModelsResult,
  LoadParams,
  LoadResult,
  MeasureAcceleratorsParams,
  MeasureAcceleratorsResult,
  PrepareEnvironmentParams,
  PrepareEnvironmentResult,
  PrepareModelParams,
  PrepareModelResult,
  RemoveEnvironmentParams,
  RemoveModelParams,
  RemoveResult,
  SelectAcceleratorParams,
  Status,
  StatusParams,
  TextChunk,
  UnloadParams,
  UnloadResult,
  WorkerStatus,
  WorkerStatusParams,
} from "./protocol";

/** The methods' names on the wire. */
export const Method = {
  phiInlineCompletion: "phi/inlineCompletion",
  phiCompletionShown: "phi/completionShown",
  phiCompletionAccepted: "phi/completionAccepted",
  phiCompletionRejected: "phi/completionRejected",
  phiExplainCompletion: "phi/explainCompletion",
  phiChat: "phi/chat",
  phiFitAttachment: "phi/fitAttachment",
  phiListAccelerators: "phi/listAccelerators",
  phiSelectAccelerator: "phi/selectAccelerator",
  phiMeasureAccelerators: "phi/measureAccelerators",
  phiListModels: "phi/listModels",
  phiPrepareModel: "phi/prepareModel",
  phiImportModel: "phi/importModel",
  phiRemoveModel: "phi/removeModel",
  phiListEnvironments: "phi/listEnvironments",
  phiPrepareEnvironment: "phi/prepareEnvironment",
  phiRemoveEnvironment: "phi/removeEnvironment",
  phiDoctor: "phi/doctor",
  phiStatus: "phi/status",
  phiDidChangeStatus: "phi/didChangeStatus",
  workerAuthenticate: "worker/authenticate",
  workerLoad: "worker/load",
  workerGenerate: "worker/generate",
  workerCountTokens: "worker/countTokens",
  workerStatus: "worker/status",
  workerUnload: "worker/unload",
} as const;

/** What each request carries, and what comes back. */
export interface Requests {
  "phi/inlineCompletion": {
    params: InlineCompletionParams;
    result: InlineCompletionResult;
    partialResult: never;
  };
  "phi/explainCompletion": {
    params: ExplainCompletionParams;
    result: ExplainCompletionResult;
    partialResult: never;
  };
  "phi/chat": {
    params: ChatParams;
    result: ChatResult;
    partialResult: TextChunk;
  };
  "phi/fitAttachment": {
    params: FitAttachmentParams;
    result: AttachmentFit;
    partialResult: never;
  };
  "phi/listAccelerators": {
    params: ListAcceleratorsParams;
    result: ListAcceleratorsResult;
    partialResult: never;
  };
  "phi/selectAccelerator": {
    params: SelectAcceleratorParams;
    result: Status;
    partialResult: never;
  };
  "phi/measureAccelerators": {
    params: MeasureAcceleratorsParams;
    result: MeasureAcceleratorsResult;
    partialResult: never;
  };
  "phi/listModels": {
    params: ListModelsParams;
    result: ListModelsResult;
    partialResult: never;
  };
  "phi/prepareModel": {
    params: PrepareModelParams;
    result: PrepareModelResult;
    partialResult: never;
  };
  "phi/importModel": {
    params: ImportModelParams;
    result: ImportModelResult;
    partialResult: never;
  };
  "phi/removeModel": {
    params: RemoveModelParams;
    result: RemoveResult;
    partialResult: never;
  };
  "phi/listEnvironments": {
    params: ListEnvironmentsParams;
    result: ListEnvironmentsResult;
    partialResult: never;
  };
  "phi/prepareEnvironment": {
    params: PrepareEnvironmentParams;
    result: PrepareEnvironmentResult;
    partialResult: never;
  };
  "phi/removeEnvironment": {
    params: RemoveEnvironmentParams;
    result: RemoveResult;
    partialResult: never;
  };
  "phi/doctor": {
    params: DoctorParams;
    result: DoctorResult;
    partialResult: never;
  };
  "phi/status": {
    params: StatusParams;
    result: Status;
    partialResult: never;
  };
  "worker/authenticate": {
    params: AuthenticateParams;
    result: AuthenticateResult;
    partialResult: never;
  };
  "worker/load": {
    params: LoadParams;
    result: LoadResult;
    partialResult: never;
  };
  "worker/generate": {
    params: GenerateParams;
    result: GenerateResult;
    partialResult: TextChunk;
  };
  "worker/countTokens": {
    params: CountTokensParams;
    result: CountTokensResult;
    partialResult: never;
  };
  "worker/status": {
    params: WorkerStatusParams;
    result: WorkerStatus;
    partialResult: never;
  };
  "worker/unload": {
    params: UnloadParams;
    result: UnloadResult;
    partialResult: never;
  };
}

/** What each notification carries. */
export interface Notifications {
  "phi/completionShown": { params: CompletionShownParams };
  "phi/completionAccepted": { params: CompletionAcceptedParams };
  "phi/completionRejected": { params: CompletionRejectedParams };
  "phi/didChangeStatus": { params: Status };
}

/** How a completion was asked for: by the person (1) or by typing (2), as in LSP. */
export const TriggerKind = {
  invoked: 1,
  automatic: 2,
} as const;
export type TriggerKind = (typeof TriggerKind)[keyof typeof TriggerKind];

/** The code of an error response beyond JSON-RPC's own; its data is ErrorData. */
export const ErrorCode = {
  notReady: 1001,
  promptTooLong: 1002,
  workerDied: 1003,
  unknownAccelerator: 1004,
  acceleratorUnusable: 1005,
  preparationFailed: 1006,
  modelDamaged: 1007,
  notAuthenticated: 1008,
  runtimeFailed: 1009,
  excludedFile: 1010,
  unknownModel: 1011,
} as const;
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
