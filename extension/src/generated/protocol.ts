// Generated from shared/protocol.schema.json by `npm run generate`; not edited.

/**
 * What a generation is for. Completions go before chats; the newest completion goes first.
 */
export type Lane = "completion" | "chat";
/**
 * What the sidecar is doing about its model: preparing (downloading or installing), loading, ready to answer, or unavailable with a reason.
 */
export type Phase = "preparing" | "loading" | "ready" | "unavailable";
/**
 * Why a generation ended: an end token or stop string, the token limit, or a cancel.
 */
export type FinishReason = "stop" | "length" | "cancelled";
export type Role = "system" | "user" | "assistant";
/**
 * How a completion was asked for: by the person (1) or by typing (2), as in LSP.
 */
export type TriggerKind = 1 | 2;
/**
 * Why there is, or is not, a suggestion.
 */
export type CompletionOutcome =
  | "suggested"
  | "nothingToAdd"
  | "filtered"
  | "notReady"
  | "stale"
  | "superseded"
  | "languageOff"
  | "excludedFile"
  | "unsuitablePlace"
  | "unsure"
  | "backedOff";
/**
 * How sure the model must be of a suggestion for it to be shown.
 */
export type CompletionConfidence = "any" | "likely" | "sure";
/**
 * What a completion's time goes to, in this order. Waiting is for the next key; the queue for what the worker does for others.
 */
export type CompletionStage = "pause" | "context" | "queue" | "prefill" | "decode" | "postprocessing" | "weighing";
/**
 * How much of what was shown the person took.
 */
export type AcceptedPart = "all" | "word" | "line";
/**
 * Dismissed: the person had it taken away, as with Esc. Ignored: they typed something else, or went elsewhere.
 */
export type RejectionReason = "dismissed" | "ignored";
/**
 * The code of an error response beyond JSON-RPC's own; its data is ErrorData.
 */
export type ErrorCode = 1001 | 1002 | 1003 | 1004 | 1005 | 1006 | 1007 | 1008 | 1009 | 1010 | 1011;
/**
 * What is asked of the attached code; the words of it are the sidecar's.
 */
export type SlashCommand = "explain" | "fix" | "tests" | "doc";
/**
 * Where a model's files come from: a registry package, a model hub, a conversion on this machine, or a folder of the person's own.
 */
export type ModelOrigin = "package" | "hub" | "conversion" | "folder";
/**
 * What there is of a model's files on this machine.
 */
export type ModelState = "missing" | "ready" | "damaged";
/**
 * What there is of a runtime's environment: stale is one for another lock or Python, broken one that was not finished or was changed.
 */
export type EnvironmentState = "missing" | "ready" | "stale" | "broken";

/**
 * Every message of Phi Sidecar that LSP does not define: between the editor and the sidecar (phi/*) and between the sidecar and its workers (worker/*). Positions are LSP's: line and character from 0, characters in UTF-16 code units. Times are milliseconds.
 */
export interface Protocol {
  [k: string]: unknown;
}
/**
 * A place between two characters of a document, as in LSP.
 */
export interface Position {
  /**
   * From 0.
   */
  line: number;
  /**
   * From 0, in UTF-16 code units unless another encoding was agreed on with initialize; beyond the line's end means its end.
   */
  character: number;
}
/**
 * A half-open stretch of a document, as in LSP.
 */
export interface Range {
  start: Position;
  end: Position;
}
/**
 * A document that the client has opened, at a version.
 */
export interface DocumentIdentifier {
  uri: string;
  /**
   * The version that the client shows; an answer for an older one is empty and marked stale.
   */
  version?: number | null;
}
/**
 * What goes with every error: what the person can do about it.
 */
export interface ErrorData {
  remedy: string;
}
export interface ChatMessage {
  role: Role;
  content: string;
}
/**
 * Code that goes with a question, as it was when it was attached.
 */
export interface Attachment {
  /**
   * Where it is from; a file that is never read into a prompt is refused.
   */
  uri: string;
  /**
   * For the model and for people, such as stock.py:3-10.
   */
  label: string;
  languageId: string;
  text: string;
  /**
   * The line of the text, from 0, around which it is kept when it has to be cut; null keeps its beginning.
   */
  focusLine?: number | null;
  /**
   * What the editor complains of in it, a line each.
   */
  problems?: string[];
}
/**
 * How much of an attachment is read by the model that answers now.
 */
export interface AttachmentFit {
  /**
   * Of the whole text.
   */
  tokens: number;
  keptTokens: number;
  /**
   * Of the whole text.
   */
  lines: number;
  /**
   * The first that is kept, from 0.
   */
  firstLine: number;
  /**
   * The one after the last that is kept.
   */
  endLine: number;
  /**
   * False for an estimate, where no model is there to count.
   */
  exact: boolean;
}
export interface FitAttachmentParams {
  attachment: Attachment;
}
/**
 * A message of a conversation as the person sees it; the sidecar makes the model's of it.
 */
export interface ConversationMessage {
  role: Role;
  content: string;
  command?: SlashCommand | null;
  attachments?: Attachment[];
}
/**
 * How tokens are chosen. Temperature 0 is greedy.
 */
export interface Sampling {
  maxNewTokens: number;
  temperature?: number;
  topP?: number;
  /**
   * How much less likely a token becomes each time that the answer uses it, so that a small model does not go round in circles. Null takes the model's own in phi/chat, and none in worker/generate.
   */
  frequencyPenalty?: number | null;
  /**
   * How many likelier tokens the first one chosen passes over: with 1 an answer begins with the second likeliest. Only where the model can tell of given text.
   */
  passOver?: number;
}
/**
 * How one generation went, measured in the worker.
 */
export interface GenerationMetrics {
  /**
   * From the request's arrival in the worker to its first token; null when none came.
   */
  ttftMs: number | null;
  /**
   * Mean time per token after the first; null with fewer than two tokens.
   */
  tpotMs: number | null;
  totalMs: number;
  promptTokens: number;
  /**
   * Prompt tokens whose keys and values were reused.
   */
  cachedTokens: number;
  completionTokens: number;
  /**
   * The device as the runtime itself reports it.
   */
  executingDevice: string;
}
/**
 * The model that answers.
 */
export interface ModelInfo {
  id: string;
  name: string;
  quantization: string;
  /**
   * True for the small model that answers until a real one is there; always labelled as such.
   */
  starter: boolean;
}
export interface InlineCompletionParams {
  textDocument: DocumentIdentifier;
  position: Position;
  triggerKind: TriggerKind;
  /**
   * Chosen by the client; comes back, and names the request in logs.
   */
  traceId: string;
}
export interface InlineCompletionItem {
  text: string;
  range: Range;
}
export interface InlineCompletionResult {
  traceId: string;
  items: InlineCompletionItem[];
  outcome: CompletionOutcome;
  /**
   * The outcome in a sentence: the filter that dropped the text, the rule that excludes the file.
   */
  detail?: string | null;
  fromCache?: boolean;
  finishReason?: FinishReason | null;
  metrics?: GenerationMetrics | null;
  /**
   * How sure the model is of the tokens shown: the product of their probabilities, to the power of one over the square root of their number. Null where the backend cannot tell.
   */
  confidence?: number | null;
}
/**
 * A suggestion is on the screen.
 */
export interface CompletionShownParams {
  traceId: string;
}
/**
 * The person took a suggestion, or the next part of it; the document's change is sent by itself.
 */
export interface CompletionAcceptedParams {
  traceId: string;
  part: AcceptedPart;
  /**
   * How much of the text shown has been taken so far, in UTF-16 code units.
   */
  length: number;
}
/**
 * A suggestion is gone from the screen, and was not taken.
 */
export interface CompletionRejectedParams {
  traceId: string;
  reason: RejectionReason;
}
export interface ExplainCompletionParams {
  /**
   * The one request to explain; null for all that are remembered.
   */
  traceId?: string | null;
}
export interface ExplainCompletionResult {
  /**
   * The latest 50, newest first; in memory only.
   */
  explanations: CompletionExplanation[];
}
/**
 * Why there was, or was not, a suggestion: all that happened to one request.
 */
export interface CompletionExplanation {
  traceId: string;
  /**
   * Milliseconds since the epoch.
   */
  askedAtMs: number;
  uri: string;
  position: Position;
  triggerKind: TriggerKind;
  outcome: CompletionOutcome;
  /**
   * The outcome in a sentence.
   */
  detail?: string | null;
  fromCache?: boolean;
  /**
   * It had been computed while the person looked at the one before.
   */
  lookedAhead?: boolean;
  accelerator?: string | null;
  model?: string | null;
  question?: CompletionQuestion | null;
  /**
   * What the model said, as far as it was read.
   */
  answer?: string | null;
  /**
   * What the filters did to it, in their order; those that changed nothing are left out.
   */
  changes?: FilterChange[];
  /**
   * As in the result.
   */
  confidence?: number | null;
  /**
   * Below it nothing is shown; null where none is asked for.
   */
  neededConfidence?: number | null;
  times?: StageTime[];
  metrics?: GenerationMetrics | null;
  /**
   * What the person did with it, in a few words, as far as it is known.
   */
  becameOf?: string | null;
}
/**
 * What the model was asked.
 */
export interface CompletionQuestion {
  /**
   * The way of asking.
   */
  strategy: string;
  /**
   * singleLine or multiLine.
   */
  mode: string;
  /**
   * The text, a chat's messages one below the other.
   */
  prompt: string;
  maxNewTokens: number;
  /**
   * Characters before the cursor that the prompt has no room for.
   */
  skippedChars?: number;
  /**
   * Files from which similar lines were put into the prompt.
   */
  snippets?: string[];
}
export interface FilterChange {
  filter: string;
  /**
   * Where it dropped the text: why.
   */
  detail?: string | null;
  before: string;
  /**
   * Null where nothing was left.
   */
  after?: string | null;
}
export interface StageTime {
  stage: CompletionStage;
  ms: number;
}
export interface ChatParams {
  /**
   * The conversation, oldest first, the person's question last. Without a system message among them the settings' is put before them.
   *
   * @minItems 1
   */
  messages: ConversationMessage[];
  /**
   * Null takes the settings' values.
   */
  sampling?: Sampling | null;
  /**
   * The person wants another answer than the one before: it is sampled even where the settings say that the likeliest is taken.
   */
  another?: boolean;
  /**
   * Where the answer is streamed to; null for the whole answer at the end.
   */
  partialResultToken?: string | number | null;
}
/**
 * The next stretch of a streamed answer.
 */
export interface TextChunk {
  text: string;
  /**
   * How many tokens of the answer begin before this stretch's end.
   */
  tokens?: number;
  /**
   * Natural logarithm of the probability of the tokens that begin in this stretch, together; null where it was not asked for, or the backend cannot tell.
   */
  logProb?: number | null;
}
export interface ChatResult {
  /**
   * The whole answer, streamed or not.
   */
  text: string;
  finishReason: FinishReason;
  metrics: GenerationMetrics;
  accelerator: string;
  model: ModelInfo;
  /**
   * How many of the oldest messages were left out to fit the context window.
   */
  droppedMessages?: number;
  /**
   * What was read of the last question's attachments, in their order.
   */
  attachments?: AttachmentFit[];
  /**
   * For people.
   */
  acceleratorName: string;
  /**
   * Largest number of tokens, prompt and answer together.
   */
  contextWindow: number;
}
export interface ListAcceleratorsParams {
  /**
   * Ask the runtimes anew what they find, as after a driver was installed.
   */
  lookAgain?: boolean;
}
/**
 * A device through a runtime: what the person picks.
 */
export interface Accelerator {
  /**
   * <backend>/<device>, such as openvino-genai/CPU.
   */
  id: string;
  backend: string;
  device: string;
  name: string;
  /**
   * The device is in this machine.
   */
  present: boolean;
  runtimeInstalled: boolean;
  usable: boolean;
  active: boolean;
  /**
   * Why it is not usable.
   */
  reason?: string | null;
  /**
   * What the person can do about it.
   */
  remedy?: string | null;
  /**
   * A page where the remedy can be had, such as a driver's; opened only by the person.
   */
  remedyUrl?: string | null;
  /**
   * The maker's name of the device, as its runtime tells it.
   */
  deviceName?: string | null;
  /**
   * Decode speed last measured here, with the model that it would run; null where it never ran.
   */
  tokensPerSecond?: number | null;
  /**
   * Name of the model that it would run; null where there is none.
   */
  model?: string | null;
  /**
   * The same model's id.
   */
  modelId?: string | null;
  /**
   * Of the model that it would run; null where there is none.
   */
  quantization?: string | null;
  /**
   * About what choosing it would fetch, runtime and model together; 0 where all is there, null where that is not known.
   */
  downloadBytes?: number | null;
  /**
   * Those that can be chosen for that model here, the one recommended first.
   */
  quantizations?: string[];
  /**
   * The one that this machine is best served by.
   */
  recommended?: boolean;
  /**
   * Why, for people; only where it is recommended.
   */
  recommendation?: string | null;
  /**
   * The same in a few words, for a line of a list.
   */
  recommendationBrief?: string | null;
}
export interface ListAcceleratorsResult {
  accelerators: Accelerator[];
}
export interface SelectAcceleratorParams {
  accelerator: string;
  /**
   * A model's id; null keeps the selected one.
   */
  model?: string | null;
  /**
   * Null keeps the selected one where accelerator and model stay as they are, and takes the one recommended elsewhere.
   */
  quantization?: string | null;
  workDoneToken?: string | number | null;
}
/**
 * Nothing is fetched or converted for it. After a cancel, what was measured until then is kept, and listed.
 */
export interface MeasureAcceleratorsParams {
  /**
   * Their ids; null measures every one that is in this machine and runs a model.
   */
  accelerators?: string[] | null;
  workDoneToken?: string | number | null;
}
/**
 * How fast an accelerator is with the selected model, or with the one that it would run instead; or why that was not measured.
 */
export interface AcceleratorMeasurement {
  id: string;
  name: string;
  /**
   * Name of the model; null where there is none.
   */
  model?: string | null;
  quantization?: string | null;
  /**
   * How long the prompt was, of which nothing had been read before; null where nothing was measured.
   */
  promptTokens?: number | null;
  /**
   * Time to the first token after that prompt.
   */
  ttftMs?: number | null;
  /**
   * How fast that prompt was read, the first token included.
   */
  promptTokensPerSecond?: number | null;
  /**
   * Decode speed, as phi/listAccelerators tells it from now on; null where the answer was too short to tell.
   */
  tokensPerSecond?: number | null;
  /**
   * Why it was not measured, or not all of it.
   */
  reason?: string | null;
  /**
   * What the person can do about it.
   */
  remedy?: string | null;
}
export interface MeasureAcceleratorsResult {
  measurements: AcceleratorMeasurement[];
  /**
   * Id of the one, of those measured with the same model, that this machine is best served by; null where none was.
   */
  best?: string | null;
  /**
   * Why, for people; only where there is a best one.
   */
  why?: string | null;
}
/**
 * One form of a model's weights.
 */
export interface ModelBuild {
  /**
   * Unique among the model's builds.
   */
  id: string;
  /**
   * What can load it: gguf, openvino, onnx or transformers.
   */
  format: string;
  /**
   * How the weights in the files are.
   */
  quantization: string;
  /**
   * What can be chosen with these files; more than their own where the backend quantizes while it loads.
   */
  quantizations: string[];
  /**
   * What runs it, as <backend>/<kind of device>.
   */
  accelerators: string[];
  origin: ModelOrigin;
  /**
   * The repository or the folder; null for a registry package and a conversion.
   */
  location?: string | null;
  /**
   * False where the entry could not be checked against the hub when it was written.
   */
  verified: boolean;
  state: ModelState;
  /**
   * What fetching all of it transfers; null where that is not known, or nothing is fetched.
   */
  downloadBytes?: number | null;
  /**
   * What an interrupted download has left, with which the next one goes on; of a conversion, what there is of its original.
   */
  arrivedBytes?: number;
  /**
   * What running it takes, about: on the accelerator in use where it runs there, else on the first that it is for; null where that is not known.
   */
  memoryBytes?: number | null;
  /**
   * Of its files, with what was made of them for a runtime, and with what is not finished.
   */
  bytesOnDisk: number;
  /**
   * It is being fetched, made or removed at this moment, by this window or by any other process of the user.
   */
  underWay?: boolean;
  /**
   * It is whole, but what it was made from has changed: it counts as damaged.
   */
  outdated?: boolean;
  /**
   * When it was last loaded, in seconds since 1970; null where it never was.
   */
  lastUsed?: number | null;
}
/**
 * A model that can be had, or that the person brought.
 */
export interface Model {
  id: string;
  name: string;
  licence: string;
  /**
   * In tokens, as its makers trained it.
   */
  contextWindow: number;
  starter: boolean;
  /**
   * The one that the person chose.
   */
  selected: boolean;
  /**
   * The best one for the accelerator in use; one model at most.
   */
  recommended?: boolean;
  /**
   * Why it is recommended, in a sentence; null where it is not.
   */
  recommendation?: string | null;
  /**
   * The best first.
   */
  builds: ModelBuild[];
}
/**
 * A model that is more able than the starter, has room on this machine now, and is only to be fetched.
 */
export interface ModelOffer {
  /**
   * Its id.
   */
  model: string;
  /**
   * The one recommended on the accelerator in use.
   */
  quantization: string;
  /**
   * What is still to be fetched, about.
   */
  downloadBytes: number;
}
/**
 * Files of a model or a build that nobody knows any more; phi/removeModel removes them.
 */
export interface ModelLeftover {
  /**
   * The model's id, or the name of the folder.
   */
  model: string;
  /**
   * The build's id; null where the model itself is not known.
   */
  build?: string | null;
  /**
   * What removing them frees.
   */
  bytes: number;
}
export type ListModelsParams = Record<string, never>;
export interface ListModelsResult {
  models: Model[];
  /**
   * What to offer instead of the starter; null where there is nothing, or nothing now.
   */
  offer?: ModelOffer | null;
  leftovers?: ModelLeftover[];
}
/**
 * Fetch or make a model's files, and the runtime that runs them, without switching to it.
 */
export interface PrepareModelParams {
  /**
   * Its id.
   */
  model: string;
  /**
   * What shall run it; null takes the selected one.
   */
  accelerator?: string | null;
  /**
   * Null takes the one recommended there.
   */
  quantization?: string | null;
  workDoneToken?: string | number | null;
}
export interface PrepareModelResult {
  build: ModelBuild;
}
/**
 * Make a model of the person's own known.
 */
export interface ImportModelParams {
  /**
   * Absolute path of a folder, or of a GGUF file, that holds a model; it stays where it is.
   */
  folder: string;
  /**
   * For people; null takes the folder's.
   */
  name?: string | null;
}
export interface ImportModelResult {
  model: Model;
}
/**
 * Remove a model's files, or what is left over of one; what the person imported is only forgotten.
 */
export interface RemoveModelParams {
  /**
   * Its id, or a leftover's.
   */
  model: string;
  /**
   * One of its builds, or a leftover's; null removes all.
   */
  build?: string | null;
}
export interface RemoveResult {
  bytesFreed: number;
}
export interface EnvironmentPackage {
  name: string;
  version: string;
  /**
   * Of its download.
   */
  bytes?: number | null;
}
/**
 * A runtime's own Python environment.
 */
export interface Environment {
  name: string;
  /**
   * What it is, for people, in the middle of a sentence.
   */
  title: string;
  state: EnvironmentState;
  /**
   * What is, or would be, in it.
   */
  packages: EnvironmentPackage[];
  downloadBytes?: number | null;
  /**
   * About what it takes on disk once made.
   */
  installBytes: number;
  bytesOnDisk: number;
  /**
   * Why it cannot be made on this machine; null where it can, or is there.
   */
  reason?: string | null;
  /**
   * What the person can do about it.
   */
  remedy?: string | null;
}
export type ListEnvironmentsParams = Record<string, never>;
export interface ListEnvironmentsResult {
  environments: Environment[];
}
/**
 * Make or repair an environment.
 */
export interface PrepareEnvironmentParams {
  name: string;
  workDoneToken?: string | number | null;
}
export interface PrepareEnvironmentResult {
  environment: Environment;
}
export interface RemoveEnvironmentParams {
  name: string;
}
export type DoctorParams = Record<string, never>;
/**
 * What is here, what works, and what to do about the rest, fit for a bug report: nothing private is in it.
 */
export interface DoctorResult {
  well: boolean;
  /**
   * Markdown.
   */
  report: string;
}
export type StatusParams = Record<string, never>;
/**
 * How far a long piece of work has come.
 */
export interface StepProgress {
  /**
   * What is being done, for people.
   */
  step: string;
  bytesDone?: number | null;
  bytesTotal?: number | null;
  /**
   * About how long the bytes that are left will take; null where that cannot be told yet.
   */
  secondsLeft?: number | null;
}
export interface Status {
  phase: Phase;
  accelerator: string;
  acceleratorName: string;
  model?: ModelInfo | null;
  executingDevice?: string | null;
  /**
   * A completion or a chat is being generated for this client.
   */
  generating?: boolean;
  /**
   * Decode speed of the newest generation, live while it is under way; null before the first.
   */
  tokensPerSecond?: number | null;
  /**
   * Of the model that answers: largest number of tokens, prompt and answer together.
   */
  contextWindow?: number | null;
  /**
   * What people should know that the model cannot do on this accelerator, a sentence each.
   */
  limits?: string[];
  progress?: StepProgress | null;
  /**
   * Why it is unavailable, or what just went wrong.
   */
  reason?: string | null;
  remedy?: string | null;
}
/**
 * What the editor's settings say, sent in initializationOptions and workspace/didChangeConfiguration under the key phiSidecar.
 */
export interface SidecarSettings {
  completionEnabled?: boolean;
  /**
   * Language id to on or off; * is for those not named.
   */
  completionLanguages?: {
    [k: string]: boolean;
  };
  /**
   * Glob patterns of files never read into a prompt, beside the built-in ones for secrets.
   */
  completionExclude?: string[];
  completionMaxNewTokens?: number;
  /**
   * A fixed pause before asking; null adapts it to typing speed and measured latency.
   */
  completionPauseMs?: number | null;
  completionConfidence?: CompletionConfidence;
  completionInComments?: boolean;
  completionInStrings?: boolean;
  /**
   * Whether similar lines of other open files may be in a prompt.
   */
  completionOtherFiles?: boolean;
  /**
   * Whether what may come after a suggestion is computed while it is shown.
   */
  completionLookAhead?: boolean;
  chatMaxNewTokens?: number;
  /**
   * Put before every conversation; null takes the built-in one, an empty one none at all.
   */
  chatSystemPrompt?: string | null;
  /**
   * Off takes the likeliest token always, and temperature and topP count for nothing.
   */
  chatSampling?: boolean;
  chatTemperature?: number;
  chatTopP?: number;
}
/**
 * What a client that knows phi/* sends with initialize.
 */
export interface InitializationOptions {
  /**
   * The client asks phi/inlineCompletion itself, so textDocument/inlineCompletion is not advertised to it.
   */
  ownInlineCompletion?: boolean;
  settings?: SidecarSettings | null;
}
/**
 * The first message on every connection to a worker.
 */
export interface AuthenticateParams {
  /**
   * Fresh and random.
   */
  nonce: string;
  /**
   * HMAC-SHA256 in hex, keyed with the secret, over 'client:' and the nonce: the secret itself is never sent.
   */
  proof: string;
}
export interface AuthenticateResult {
  /**
   * The same over 'worker:' and the client's nonce, so that nobody else can pose as the worker.
   */
  proof: string;
  pid: number;
  /**
   * Of the package phi_sidecar that the worker runs.
   */
  version: string;
}
/**
 * Load the worker's model and warm it up; a second client's load waits for the first one's.
 */
export interface LoadParams {
  /**
   * Where the end of the load and the beginning of the warm-up is told; null for nowhere.
   */
  workDoneToken?: string | number | null;
}
/**
 * What a backend can do with the model it loaded.
 */
export interface Capabilities {
  /**
   * Largest number of tokens, prompt and answer together.
   */
  contextWindow: number;
  /**
   * Largest prompt; smaller than the context window where shapes are static.
   */
  maxPromptTokens: number;
  /**
   * A completion is answered while a chat streams, instead of waiting for it.
   */
  concurrentRequests: boolean;
  /**
   * A prompt that begins like an earlier one skips the prefill of that part.
   */
  prefixReuse: boolean;
  /**
   * False where a stop waits for the prefill to end.
   */
  cancelDuringPrefill: boolean;
  /**
   * It tells how probable a text is that it is given, and can begin with a less likely token.
   */
  givenText?: boolean;
}
export interface LoadResult {
  executingDevice: string;
  capabilities: Capabilities;
  loadMs: number;
  warmUpMs: number;
}
/**
 * Text to be continued as it stands, without a chat template.
 */
export interface RawPrompt {
  kind: "raw";
  text: string;
}
/**
 * A conversation to be put through the model's chat template.
 */
export interface ChatPrompt {
  kind: "chat";
  /**
   * @minItems 1
   */
  messages: ChatMessage[];
  /**
   * The beginning of the answer, put after the template; not repeated in the output.
   */
  answerStart?: string;
}
export interface GenerateParams {
  lane: Lane;
  prompt: RawPrompt | ChatPrompt;
  sampling: Sampling;
  /**
   * Strings that end the answer; the earliest wins and is not part of it.
   */
  stop?: string[];
  /**
   * Whether the stretches shall tell how probable they are.
   */
  logProbs?: boolean;
  /**
   * What the answer begins with: it is read rather than chosen, comes back as the first stretch, and tells how probable it is. Only where the model can tell of given text.
   */
  given?: string;
  partialResultToken?: string | number | null;
}
export interface GenerateResult {
  text: string;
  finishReason: FinishReason;
  metrics: GenerationMetrics;
}
export interface CountTokensParams {
  prompts: (RawPrompt | ChatPrompt)[];
}
export interface CountTokensResult {
  /**
   * Of each prompt, template and all.
   */
  tokens: number[];
}
export type WorkerStatusParams = Record<string, never>;
export interface WorkerStatus {
  loaded: boolean;
  clients: number;
  completionsUnderWay: number;
  chatsUnderWay: number;
  /**
   * Memory of the worker's process.
   */
  residentBytes: number;
}
export type UnloadParams = Record<string, never>;
export interface UnloadResult {
  /**
   * Whether the worker's process ends now, and gives its memory back; it stays where other clients use it.
   */
  ends: boolean;
}
