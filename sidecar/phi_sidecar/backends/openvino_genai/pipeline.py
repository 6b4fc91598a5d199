"""OpenVINO GenAI's own continuous batching: for GPUs, and for what is not driven from here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import openvino as ov
import openvino_genai as ov_genai

from phi_sidecar.backends.base import (
    Accepted,
    Event,
    Failed,
    Finished,
    GenerateRequest,
    LoadSpec,
    Piece,
    continued,
    refuse_if_too_long,
)
from phi_sidecar.backends.detokenizer import Detokenizer
from phi_sidecar.backends.openvino_genai.settings import BatchingSettings, pool_blocks
from phi_sidecar.backends.openvino_genai.text import (
    count_tokens,
    encode,
    end_token_ids,
    generation_config,
)
from phi_sidecar.backends.prefix_blocks import PrefixBlocks
from phi_sidecar.errors import RuntimeFailed
from phi_sidecar.generated.protocol import Capabilities, ChatPrompt, FinishReason, RawPrompt


@dataclass
class _UnderWay:
    request: GenerateRequest
    ids: list[int]
    handle: "ov_genai.GenerationHandle"
    detokenizer: Detokenizer
    cancelled: bool = False
    output: list[int] = field(default_factory=list)


class PipelineModel:
    """A model in a `ContinuousBatchingPipeline`."""

    def __init__(
        self, model: Path, spec: LoadSpec, settings: BatchingSettings, executing_device: str
    ) -> None:
        self.executing_device = executing_device
        scheduler = ov_genai.SchedulerConfig()
        scheduler.enable_prefix_caching = True
        scheduler.dynamic_split_fuse = True
        scheduler.max_num_batched_tokens = settings.chunk_tokens
        # Without a size the pool forgets the typing prefix after one chat, and grows unbounded.
        scheduler.num_kv_blocks = pool_blocks(spec.context_window, settings.block_tokens)
        self._pipeline = ov_genai.ContinuousBatchingPipeline(
            str(model), scheduler, spec.device, dict(settings.options)
        )
        self._tokenizer = self._pipeline.get_tokenizer()
        self._end_ids = end_token_ids(self._tokenizer, self._pipeline.get_config())
        self._under_way: dict[int, _UnderWay] = {}
        self._accepted: list[Accepted] = []
        self._texts: dict[tuple[int, ...], str] = {}
        self._blocks = PrefixBlocks(
            settings.block_tokens, capacity_tokens=scheduler.num_kv_blocks * settings.block_tokens
        )
        self.capabilities = Capabilities(
            context_window=spec.context_window,
            max_prompt_tokens=spec.context_window - 1,
            concurrent_requests=True,
            prefix_reuse=True,
            cancel_during_prefill=True,
        )

    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all."""
        return count_tokens(self._tokenizer, prompt, most=self.capabilities.context_window)

    def add(self, request: GenerateRequest) -> None:
        """Hand a request to the pipeline; its prefill begins at the next step."""
        tensor = encode(self._tokenizer, request.prompt)
        ids: list[int] = tensor.data[0].tolist()
        refuse_if_too_long(len(ids), request.sampling, self.capabilities)
        config = generation_config(
            request.sampling,
            self._end_ids,
            room=self.capabilities.context_window - len(ids),
            log_probs=request.log_probs,
        )
        handle = self._pipeline.add_request(request.id, ov.Tensor(tensor.data), config)
        # The handle must be kept: dropping it drops the request without a word.
        self._under_way[request.id] = _UnderWay(
            request,
            ids,
            handle,
            Detokenizer(self._tokenizer.decode, self._texts, continued(request.prompt, ids)),
        )
        self._accepted.append(Accepted(request.id, len(ids), self._blocks.cached_tokens(ids)))

    def cancel(self, request_id: int) -> None:
        """Have the pipeline drop a request at the next step."""
        if (request := self._under_way.get(request_id)) is not None:
            request.cancelled = True
            request.handle.cancel()

    def step(self) -> Sequence[Event]:
        """Run one batch: a stretch of prefill, and a token of each request that decodes."""
        events: list[Event] = [*self._accepted]
        self._accepted.clear()
        if self._pipeline.has_non_finished_requests():
            self._pipeline.step()
        for id, request in list(self._under_way.items()):
            events += self._read(id, request)
        return events

    def close(self) -> None:
        """Drop the pipeline, and its memory with it."""
        self._under_way.clear()
        del self._pipeline

    def _read(self, id: int, request: _UnderWay) -> list[Event]:
        events: list[Event] = []
        decoded: list[tuple[int, float]] = []
        finish = ov_genai.GenerationFinishReason.NONE
        if not request.cancelled:
            while request.handle.can_read():
                for output in request.handle.read().values():
                    decoded += zip(output.generated_ids, output.generated_log_probs, strict=True)
                    finish = output.finish_reason
        if decoded and not request.output:
            self._blocks.remember(request.ids)
        for token, log_prob in decoded:
            request.output.append(token)
            ends = token in self._end_ids
            text = "" if ends else request.detokenizer.add([token])
            told = (0.0 if ends else log_prob) if request.request.log_probs else None
            events.append(Piece(id, text, tokens=1, log_prob=told))
        status = request.handle.get_status()
        if status == ov_genai.GenerationStatus.RUNNING:
            return events
        del self._under_way[id]
        if request.cancelled:
            events.append(Finished(id, FinishReason.cancelled))
        elif status == ov_genai.GenerationStatus.FINISHED:
            # What was decoded is in the pool too: a following turn reuses it.
            self._blocks.remember(request.ids + request.output)
            if rest := request.detokenizer.flush():
                events.append(Piece(id, rest, tokens=0))
            ended = finish == ov_genai.GenerationFinishReason.STOP
            events.append(Finished(id, FinishReason.stop if ended else FinishReason.length))
        else:
            error = RuntimeFailed(
                "OpenVINO gave up on the request: its KV cache has no room for it.",
                remedy="Shorten the prompt, or end other conversations.",
            )
            events.append(Failed(id, error))
        return events
