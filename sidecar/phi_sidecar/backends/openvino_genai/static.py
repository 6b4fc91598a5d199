"""The NPU's pipeline: one request at a time, in shapes fixed when the model was compiled."""

import queue
import threading
from collections.abc import Sequence

import openvino_genai as ov_genai

from phi_sidecar.backends.base import (
    Accepted,
    Finished,
    GenerateRequest,
    LoadSpec,
    Piece,
    continued,
    refuse_if_too_long,
)
from phi_sidecar.backends.detokenizer import Detokenizer
from phi_sidecar.backends.openvino_genai.settings import static_settings
from phi_sidecar.backends.openvino_genai.text import (
    count_tokens,
    encode,
    end_token_ids,
    generation_config,
)
from phi_sidecar.backends.sequential import Decoding, SequentialModel
from phi_sidecar.generated.protocol import Capabilities, ChatPrompt, FinishReason, RawPrompt

WAIT_S = 0.02
"""How long `next` waits for a token before the worker looks at its inbox again."""


class StaticModel(SequentialModel):
    """A model in an `LLMPipeline` on the NPU, which does not tell how probable tokens are."""

    def __init__(self, spec: LoadSpec, executing_device: str) -> None:
        super().__init__()
        self.executing_device = executing_device
        settings = static_settings(spec.cache, spec.context_window, spec.backend_options)
        self._pipeline = ov_genai.LLMPipeline(str(spec.model), spec.device, **settings.options)
        self._tokenizer = self._pipeline.get_tokenizer()
        self._trained_window = spec.context_window
        self._end_ids = end_token_ids(self._tokenizer, self._pipeline.get_generation_config())
        self.capabilities = Capabilities(
            context_window=settings.context_window,
            max_prompt_tokens=settings.max_prompt_tokens,
            concurrent_requests=False,
            prefix_reuse=False,
            cancel_during_prefill=False,
        )

    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all."""
        return count_tokens(self._tokenizer, prompt, most=self._trained_window)

    def accept(self, request: GenerateRequest) -> Accepted:
        """Count the prompt's tokens."""
        tokens = int(encode(self._tokenizer, request.prompt).shape[1])
        refuse_if_too_long(tokens, request.sampling, self.capabilities)
        return Accepted(request.id, tokens, cached_tokens=0)

    def start(self, request: GenerateRequest) -> Decoding:
        """Start the pipeline's blocking call in a thread of its own."""
        ids = encode(self._tokenizer, request.prompt)
        room = self.capabilities.context_window - int(ids.shape[1])
        config = generation_config(request.sampling, self._end_ids, room)
        before = continued(request.prompt, ids.data[0].tolist())
        return _PipelineCall(self._pipeline, request.id, ids, config, before)

    def close(self) -> None:
        """Drop the pipeline, and its memory with it."""
        del self._pipeline


class _PipelineCall(Decoding):
    """One blocking `generate`, whose tokens come over a queue."""

    def __init__(
        self,
        pipeline: ov_genai.LLMPipeline,
        id: int,
        ids: "ov_genai.TokenizedInputs",
        config: ov_genai.GenerationConfig,
        before: Sequence[int],
    ) -> None:
        self._id = id
        self._tokens: queue.SimpleQueue[int | FinishReason | Exception] = queue.SimpleQueue()
        self._end_ids = set(config.stop_token_ids)
        self._detokenizer = Detokenizer(pipeline.get_tokenizer().decode, context=before)
        self._streamer = _QueueStreamer(self._tokens)
        self._count = 0
        self._limit = config.max_new_tokens
        self._finish: FinishReason | None = None

        def generate() -> None:
            try:
                pipeline.generate(ids, config, self._streamer)
            except Exception as error:  # noqa: BLE001 (handed to the worker's thread)
                self._tokens.put(error)
            else:
                self._tokens.put(FinishReason.stop)

        self._thread = threading.Thread(target=generate, name="npu-generate")
        self._thread.start()

    def next(self) -> Piece | Finished | None:
        if self._finish is not None:
            return self._end(self._finish)
        try:
            item = self._tokens.get(timeout=WAIT_S)
        except queue.Empty:
            return None
        if isinstance(item, Exception):
            self._thread.join()
            raise item
        if isinstance(item, FinishReason):
            self._finish = self._reason()
            rest = "" if self._streamer.cancelled else self._detokenizer.flush()
            return Piece(self._id, rest, tokens=0) if rest else self._end(self._finish)
        self._count += 1
        if self._streamer.cancelled:
            return None
        text = "" if item in self._end_ids else self._detokenizer.add([item])
        return Piece(self._id, text, tokens=1)

    def cancel(self) -> None:
        self._streamer.cancelled = True

    def _reason(self) -> FinishReason:
        if self._streamer.cancelled:
            return FinishReason.cancelled
        return FinishReason.length if self._count >= self._limit else FinishReason.stop

    def _end(self, reason: FinishReason) -> Finished:
        self._thread.join()
        return Finished(self._id, reason)


class _QueueStreamer(ov_genai.StreamerBase):  # type: ignore[misc]
    """Puts tokens in a queue; told to cancel, it stops the pipeline at the next token.

    An exception in here would be printed and swallowed, so it raises none.
    """

    def __init__(self, tokens: "queue.SimpleQueue[int | FinishReason | Exception]") -> None:
        super().__init__()
        self._tokens = tokens
        self.cancelled = False

    def write(self, token: int | list[int]) -> ov_genai.StreamingStatus:
        for id in token if isinstance(token, list) else [token]:
            self._tokens.put(id)
        if self.cancelled:
            return ov_genai.StreamingStatus.CANCEL
        return ov_genai.StreamingStatus.RUNNING

    def end(self) -> None:
        """Nothing is buffered."""
