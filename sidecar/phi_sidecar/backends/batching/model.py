"""Plans what each step computes for all requests under way, and reads what comes of it."""

import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from phi_sidecar.backends.base import (
    Accepted,
    Event,
    Finished,
    GenerateRequest,
    Piece,
    continued,
    refuse_if_too_long,
    with_answer_begun,
)
from phi_sidecar.backends.batching.blocks import Blocks, Table, common_beginning
from phi_sidecar.backends.batching.drafts import (
    LEAST_TOKENS,
    STEP_TOKENS,
    Lookup,
    Rehearsal,
    Worth,
)
from phi_sidecar.backends.batching.parts import BatchedParts, Stretch
from phi_sidecar.backends.detokenizer import Detokenizer
from phi_sidecar.backends.stepping import Choose
from phi_sidecar.errors import RuntimeFailed
from phi_sidecar.generated.protocol import (
    Capabilities,
    ChatPrompt,
    FinishReason,
    Lane,
    RawPrompt,
)

Logits = TypeVar("Logits")


@dataclass(eq=False)
class _Sequence(Generic[Logits]):
    """A request under way.

    Attributes:
        ids: the prompt and what was decoded; those in the table are computed.
        told: of how many of them it was told how probable they are, or need not be.
        room: how many more tokens the answer may have.
        table: None before any of it is computed.
    """

    request: GenerateRequest
    ids: list[int]
    prompt_tokens: int
    told: int
    room: int
    choose: Choose[Logits]
    detokenizer: Detokenizer
    table: Table | None = None
    lookup: Lookup | None = None
    rehearsal: Rehearsal | None = None
    given_log_prob: float = 0.0
    cancelled: bool = False

    @property
    def prompt(self) -> list[int]:
        """The tokens whose keys and values may be another's; behind them logits are needed."""
        return self.ids[: self.prompt_tokens]

    @property
    def unread(self) -> int:
        """How many tokens are to be computed before the next one is known."""
        return len(self.ids) - (len(self.table.ids) if self.table else 0)

    @property
    def urgency(self) -> tuple[bool, bool, int]:
        """Sorts those that decode first, then suggestions, the newest first, and then chats."""
        decodes = len(self.ids) > self.prompt_tokens and self.unread == 1
        chat = self.request.lane is not Lane.completion
        return not decodes, chat, self.request.id if chat else -self.request.id

    def plan(self, table: Table, tokens: int) -> "_Planned[Logits]":
        """Plan to compute the next so many of those that are known."""
        start = len(table.ids)
        end = start + tokens
        given = max(0, min(end, len(self.ids) - 1) - max(start, self.told - 1))
        return _Planned(self, table, self.ids[start:end], given, reads_on=end < len(self.ids))

    def given_piece(self) -> Piece:
        """Return what the answer was given, as it is told."""
        log_prob = self.given_log_prob if self.request.log_probs else None
        tokens = self.told - self.prompt_tokens
        return Piece(self.request.id, self.request.given, tokens, log_prob)

    def draft(self, most: int, worth: Worth) -> Sequence[int]:
        """Guess up to so many tokens behind those that are known."""
        if self.lookup is None:
            self.lookup = Lookup(self.ids, self.table.earlier if self.table else ())
            self.rehearsal = Rehearsal(self.lookup, worth)
        return self.lookup.draft(most)

    def note(self, id: int) -> None:
        """Add a token to what the next ones are guessed from."""
        if self.lookup is not None and self.rehearsal is not None:
            self.lookup.add(id)
            self.rehearsal.add(id)


@dataclass
class _Planned(Generic[Logits]):
    """What a step computes of a sequence.

    Attributes:
        given: how many of its tokens that were not chosen are told of.
        reads_on: whether more of what there is is left for another step.
    """

    sequence: _Sequence[Logits]
    table: Table
    ids: Sequence[int]
    given: int
    reads_on: bool
    draft: Sequence[int] = ()
    drafts: bool = False

    @property
    def asked(self) -> int:
        """After how many of the tokens it is asked what comes next."""
        return max(1, self.given + (0 if self.reads_on else 1 + len(self.draft)))

    def stretch(self) -> Stretch:
        ids = [*self.ids, *self.draft]
        return Stretch(ids, len(self.table.ids), self.table.blocks, self.asked)


class BatchedModel(Generic[Logits]):
    """A `LoadedModel` whose step computes a batch of all requests under way."""

    def __init__(
        self,
        parts: BatchedParts[Logits],
        context_window: int,
        executing_device: str,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.executing_device = executing_device
        self.capabilities = Capabilities(
            context_window=context_window,
            max_prompt_tokens=context_window - 1,
            concurrent_requests=True,
            prefix_reuse=True,
            cancel_during_prefill=True,
            given_text=True,
        )
        self._parts = parts
        self._blocks = Blocks(parts.blocks, parts.block_tokens, parts.network.copy)
        # Code repeats itself otherwise than prose.
        self._worth = {lane: Worth() for lane in Lane}
        self._clock = clock
        self._sequences: list[_Sequence[Logits]] = []
        self._texts: dict[tuple[int, ...], str] = {}

    def count_tokens(self, prompt: RawPrompt | ChatPrompt) -> int:
        """Return how many tokens a prompt has, template and all."""
        return self._parts.tokens.count(prompt)

    def add(self, request: GenerateRequest) -> None:
        """Take in a request; its prefill begins at the next step."""
        tokens = self._parts.tokens
        whole = with_answer_begun(request.prompt, request.given)
        prompt = tokens.encode(request.prompt)
        ids = tokens.encode(whole) if request.given else prompt
        if not prompt:
            raise RuntimeFailed(
                "There is nothing to continue: the prompt has no tokens.",
                remedy="Write something first.",
            )
        refuse_if_too_long(len(ids), request.sampling, self.capabilities)
        before = continued(whole, ids)
        room = self.capabilities.context_window - len(ids)
        # What is given may share a token with the prompt's end.
        read = max(1, common_beginning(prompt, ids, self._parts.block_tokens))
        self._sequences.append(
            _Sequence(
                request,
                ids,
                prompt_tokens=read,
                told=read,
                room=max(1, min(request.sampling.max_new_tokens, room)),
                choose=self._parts.choice(request.sampling),
                detokenizer=Detokenizer(tokens.decode, self._texts, before),
            )
        )

    def cancel(self, request_id: int) -> None:
        """Have a request end at the next step."""
        for sequence in self._sequences:
            if sequence.request.id == request_id:
                sequence.cancelled = True

    def step(self) -> Sequence[Event]:
        """Compute one batch: a stretch of prefill, and what each request that decodes says next."""
        events: list[Event] = []
        for sequence in [sequence for sequence in self._sequences if sequence.cancelled]:
            events += self._ended(sequence, FinishReason.cancelled)
        planned = self._plan(events)
        if planned:
            begun_s = self._clock()
            said = self._parts.network.compute([plan.stretch() for plan in planned])
            at = 0
            for plan in planned:
                events += self._read(plan, said[at : at + plan.asked])
                at += plan.asked
            self._learn(planned, self._clock() - begun_s)
        return events

    def close(self) -> None:
        """Give the memory back."""
        self._sequences.clear()
        self._parts.network.close()

    def _plan(self, events: list[Event]) -> Sequence[_Planned[Logits]]:
        """Choose what the next step computes."""
        planned: list[_Planned[Logits]] = []
        room = self._parts.chunk_tokens
        order = sorted(self._sequences, key=lambda sequence: sequence.urgency)
        for number, sequence in enumerate(order):
            if room == 0:
                break
            if sequence.table is None:
                if self._is_read_by_another(sequence):
                    continue
                sequence.table = self._blocks.begin(sequence.prompt)
                events.append(_accepted(sequence))
                if sequence.request.given and sequence.told == len(sequence.ids):
                    # All of it is in the prompt's last token.
                    events.append(sequence.given_piece())
            table = sequence.table
            tokens = min(room, sequence.unread)
            if tokens < min(LEAST_TOKENS, sequence.unread):
                continue
            if self._make_room(sequence, tokens, order[number + 1 :]):
                planned.append(sequence.plan(table, tokens))
                room -= tokens
        self._draft(planned)
        return planned

    def _is_read_by_another(self, sequence: _Sequence[Logits]) -> bool:
        """Whether to wait because another request is reading the same, as of several answers."""
        others = [(other.table, other.ids) for other in self._sequences if other.table is not None]
        return self._blocks.is_coming(sequence.prompt, others)

    def _make_room(
        self, sequence: _Sequence[Logits], tokens: int, less_urgent: Sequence[_Sequence[Logits]]
    ) -> bool:
        """Find blocks, of less urgent ones' if it must be: these are read again when there are."""
        assert sequence.table is not None
        while not self._blocks.extend(sequence.table, tokens):
            tables = [other.table for other in less_urgent if other.table is not None]
            holding = [table for table in tables if table.blocks]
            if not holding:
                return False
            self._blocks.shorten(holding[-1])
        return True

    def _draft(self, planned: Sequence[_Planned[Logits]]) -> None:
        """Fill a small step up to its width, with what may come next.

        The same width each time: for another one a runtime may prepare itself anew. And of no
        sequence a token is computed alone: that goes ways of its own, which round otherwise, so
        that an answer would depend on what was read before or is answered beside it. Only where
        there is no block left it must be.
        """
        drafts = self._may_draft(planned) and self._worth[planned[0].sequence.request.lane].pays()
        width = STEP_TOKENS if drafts else LEAST_TOKENS
        for plan in planned:
            # No position past the window: models take others as a sign of a longer text.
            tokens = min(width, self.capabilities.context_window - len(plan.table.ids))
            most = tokens - len(plan.ids)
            if plan.reads_on or most <= 0 or not self._blocks.extend(plan.table, tokens):
                continue
            draft = plan.sequence.draft(most, self._worth[plan.sequence.request.lane])
            plan.draft = [*draft, *[plan.sequence.ids[-1]] * (most - len(draft))]
            plan.drafts = drafts

    def _may_draft(self, planned: Sequence[_Planned[Logits]]) -> bool:
        """Whether a step has a single answer and little to read; more would take longer."""
        if len(planned) != 1:
            return False
        (plan,) = planned
        return not plan.reads_on and len(plan.ids) < STEP_TOKENS

    def _read(self, plan: _Planned[Logits], said: Sequence[Logits]) -> Iterator[Event]:
        """Take in what was computed, and choose tokens for as long as the draft was right."""
        sequence = plan.sequence
        plan.table.ids.extend(plan.ids)
        if plan.given:
            yield from self._tell(sequence, said[: plan.given])
        if sequence.unread:
            return
        for number, logits in enumerate(said[plan.given :]):
            token = sequence.choose(logits)
            finish = yield from self._said(sequence, token, logits)
            if finish is not None:
                yield from self._ended(sequence, finish)
                return
            if list(plan.draft[number : number + 1]) != [token]:
                return
            plan.table.ids.append(token)

    def _tell(self, sequence: _Sequence[Logits], said: Sequence[Logits]) -> Iterator[Event]:
        """Add up how probable it is what an answer was given, and tell it at its end."""
        for logits in said:
            if sequence.request.log_probs:
                token = sequence.ids[sequence.told]
                sequence.given_log_prob += self._parts.log_prob(logits, token)
            sequence.told += 1
        if sequence.told == len(sequence.ids):
            yield sequence.given_piece()

    def _said(
        self, sequence: _Sequence[Logits], token: int, logits: Logits
    ) -> Generator[Event, None, FinishReason | None]:
        """Add a token to an answer; returns why it ends there, if it does."""
        sequence.ids.append(token)
        sequence.told += 1
        sequence.room -= 1
        ends = token in self._parts.tokens.end_ids
        log_prob = None
        if sequence.request.log_probs:
            log_prob = 0.0 if ends else self._parts.log_prob(logits, token)
        text = "" if ends else sequence.detokenizer.add([token])
        if ends or sequence.room == 0:
            text += sequence.detokenizer.flush()
        if not ends:
            sequence.note(token)
        yield Piece(sequence.request.id, text, tokens=1, log_prob=log_prob)
        if ends:
            return FinishReason.stop
        return FinishReason.length if sequence.room == 0 else None

    def _ended(self, sequence: _Sequence[Logits], reason: FinishReason) -> Iterator[Event]:
        self._sequences.remove(sequence)
        if sequence.table is None:
            yield _accepted(sequence)
        else:
            self._blocks.keep(sequence.table)
        yield Finished(sequence.request.id, reason)

    def _learn(self, planned: Sequence[_Planned[Logits]], step_s: float) -> None:
        """Note what a step took that did nothing but decode one answer."""
        plan = planned[0]
        if len(planned) > 1 or len(plan.ids) > 1:
            for worth in self._worth.values():
                worth.interrupted()
            return
        worth = self._worth[plan.sequence.request.lane]
        worth.took(step_s, drafted=plan.drafts)


def _accepted(sequence: _Sequence[Logits]) -> Accepted:
    cached = len(sequence.table.ids) if sequence.table else 0
    return Accepted(sequence.request.id, sequence.prompt_tokens, cached)
