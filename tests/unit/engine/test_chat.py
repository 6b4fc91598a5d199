"""What happens between a conversation and the model: counting, trimming, switches, cancels."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.chat.cutting import ATTACHMENTS_SHARE
from phi_sidecar.engine.chat import Chat, Question
from phi_sidecar.errors import ExcludedFile, NotReady, PromptTooLong, WorkerDied
from phi_sidecar.generated import protocol as p

WINDOW = 400
ROOM = 300
"""A quarter of the window is kept for the answer."""

CAPABILITIES = p.Capabilities(
    context_window=WINDOW,
    max_prompt_tokens=WINDOW - 1,
    concurrent_requests=True,
    prefix_reuse=True,
    cancel_during_prefill=True,
)
METRICS = p.GenerationMetrics(
    ttft_ms=1,
    tpot_ms=1,
    total_ms=1,
    prompt_tokens=1,
    cached_tokens=0,
    completion_tokens=1,
    executing_device="x",
)


class Client:
    """Counts words; a message takes three more."""

    def __init__(self):
        self.asked = []
        self.least = 0
        self.during_count = None

    async def count_tokens(self, prompts):
        self.asked.append(list(prompts))
        if self.during_count is not None:
            await self.during_count()
        return [self._tokens(prompt) for prompt in prompts]

    def _tokens(self, prompt):
        if isinstance(prompt, p.RawPrompt):
            # Many tokenizers begin every text with a token of its own.
            return max(self.least, len(prompt.text.split()))
        return sum(len(message.content.split()) + 3 for message in prompt.messages)


@dataclass
class Active:
    client: Client
    accelerator: str = "a/b"
    frequency_penalty: float = 0.25
    accelerator_name: str = "A"
    info: p.ModelInfo = field(
        default_factory=lambda: p.ModelInfo(id="m", name="M", quantization="q", starter=False)
    )
    loaded: p.LoadResult = field(
        default_factory=lambda: p.LoadResult(
            executing_device="x", capabilities=CAPABILITIES, load_ms=1, warm_up_ms=1
        )
    )

    @property
    def selection(self):
        return Selection(self.accelerator)


class Engine:
    def __init__(self):
        self.current = Active(Client())
        self.generated = []
        self.speeds = []

    @property
    def active(self):
        if self.current is None:
            raise NotReady("The model is still being loaded.")
        return self.current

    @asynccontextmanager
    async def generating(self, params, on_chunk):
        self.generated.append((self.current, params))
        yield self

    async def result(self):
        return p.GenerateResult(text="Yes.", finish_reason=p.FinishReason.stop, metrics=METRICS)

    def note_speed(self, metrics, active):
        self.speeds.append(active)


@pytest.fixture
def engine():
    return Engine()


@pytest.fixture
def chat(engine):
    return Chat(engine)


def ask(content, *attachments):
    return p.ConversationMessage(role=p.Role.user, content=content, attachments=list(attachments))


def said(content):
    return p.ConversationMessage(role=p.Role.assistant, content=content)


def attachment(text, uri="file:///work/a.py"):
    return p.Attachment(uri=uri, label="a.py", language_id="python", text=text)


def question(*messages, excluded=(), tokens=1_000, **more):
    return Question(
        messages=messages,
        sampling=p.Sampling(max_new_tokens=tokens),
        rule_against=lambda uri: "It holds keys." if uri in excluded else None,
        system_prompt="",
        **more,
    )


async def answered(chat, asked):
    return await chat.answer(asked, lambda chunk: None)


def prompt_of(engine, index=-1):
    return [message.content for message in engine.generated[index][1].prompt.messages]


async def test_a_conversation_that_fits_is_counted_once_and_asked_as_it_is(engine, chat):
    result = await answered(chat, question(ask("One?"), said("One."), ask("Two?")))
    assert prompt_of(engine) == ["One?", "One.", "Two?"]
    assert len(engine.current.client.asked) == 1
    assert result.dropped_messages == 0
    assert (result.accelerator_name, result.context_window) == ("A", WINDOW)


async def test_the_models_own_penalty_is_taken_unless_the_client_says_one(engine, chat):
    await answered(chat, question(ask("One?")))
    assert engine.generated[-1][1].sampling.frequency_penalty == 0.25
    own = p.Sampling(max_new_tokens=9, frequency_penalty=0)
    await answered(chat, Question([ask("One?")], own, lambda uri: None))
    assert engine.generated[-1][1].sampling.frequency_penalty == 0


async def test_the_oldest_turns_go_and_what_is_asked_fits(engine, chat):
    turns = [part for n in range(10) for part in (ask(f"q{n} " + "x " * 40), said(f"a{n}"))]
    result = await answered(chat, question(*turns, ask("Last?")))
    asked = engine.generated[-1][1].prompt
    assert (await engine.current.client.count_tokens([asked]))[0] <= ROOM
    assert result.dropped_messages == 21 - len(asked.messages) > 0
    assert prompt_of(engine)[0].startswith("q")
    assert prompt_of(engine)[-1] == "Last?"


async def test_a_short_answer_leaves_more_room_for_the_prompt(engine, chat):
    turns = [ask("x " * 150), said("Yes."), ask("y " * 150)]
    assert (await answered(chat, question(*turns))).dropped_messages == 2
    assert (await answered(chat, question(*turns, tokens=10))).dropped_messages == 0


async def test_a_question_that_alone_is_too_long_is_refused_and_nothing_is_generated(engine, chat):
    with pytest.raises(PromptTooLong) as refused:
        await answered(chat, question(ask("One?"), said("One."), ask("x " * 500)))
    assert "503 tokens" in str(refused.value)
    assert str(ROOM) in str(refused.value)
    assert "Shorten" in refused.value.remedy
    assert engine.generated == []


async def test_a_first_question_that_is_too_long_is_counted_once(engine, chat):
    with pytest.raises(PromptTooLong, match="503 tokens"):
        await answered(chat, question(ask("x " * 500)))
    assert len(engine.current.client.asked) == 1


async def test_thousands_of_tokens_are_told_as_everywhere_else(engine, chat):
    with pytest.raises(PromptTooLong, match="5,003 tokens"):
        await answered(chat, question(ask("x " * 5_000)))


async def test_a_system_prompt_that_alone_is_too_long_is_refused(engine, chat):
    system = p.ConversationMessage(role=p.Role.system, content="x " * 500)
    with pytest.raises(PromptTooLong, match="503 tokens"):
        await answered(chat, question(system))


async def test_an_attachment_reads_the_same_wherever_it_stands(engine, chat):
    attached = attachment("x y\n" * 200)
    first = await answered(chat, question(ask("Why?", attached)))
    beginning = prompt_of(engine)[0]
    assert first.attachments[0].kept_tokens <= ROOM * ATTACHMENTS_SHARE
    later = await answered(
        chat, question(ask("Why?", attached), said("So."), ask("And?"), tokens=5)
    )
    assert prompt_of(engine)[0] == beginning
    assert later.attachments == []


async def test_more_attachments_than_tokens_for_them_leave_nothing_of_any(engine, chat):
    many = [attachment(text) for text in ["", "x y\n"] * ROOM]
    result = await answered(chat, question(ask("Why?", *many[:2])))
    assert [fit.lines for fit in result.attachments] == [0, 1]
    engine.current.client.least = 1
    with pytest.raises(PromptTooLong, match="attached"):
        await answered(chat, question(ask("Why?", *many)))


async def test_an_attachment_that_comes_again_is_not_counted_again(engine, chat):
    asked = question(ask("Why?", attachment("x y\n" * 200)))
    await answered(chat, asked)
    before = len(engine.current.client.asked)
    await answered(chat, asked)
    assert len(engine.current.client.asked) == before + 1


async def test_an_excluded_file_is_refused_before_anything_is_counted(engine, chat):
    attached = attachment("KEY = 1\n")
    with pytest.raises(ExcludedFile):
        await answered(chat, question(ask("Why?", attached), excluded=[attached.uri]))
    with pytest.raises(ExcludedFile):
        await chat.fit(attached, lambda uri: "It holds keys.")
    assert engine.current.client.asked == []


async def test_a_file_excluded_since_is_left_out_and_its_neighbours_stay(engine, chat):
    secret, free = attachment("KEY = 1\n", "file:///s"), attachment("free = 1\n", "file:///f")
    earlier = ask("Why?", secret, free)
    await answered(chat, question(earlier, said("So."), ask("And?"), excluded=[secret.uri]))
    assert "KEY" not in prompt_of(engine)[0]
    assert "It holds keys." in prompt_of(engine)[0]
    assert "free = 1" in prompt_of(engine)[0]


async def test_a_switch_while_it_counts_asks_the_new_one_in_its_own_measure(engine, chat):
    old, new = engine.current, Active(Client(), accelerator="c/d")

    async def switch():
        engine.current = new

    old.client.during_count = switch
    result = await answered(chat, question(ask("One?")))
    assert engine.generated[-1][0] is new
    assert len(new.client.asked) == 1
    assert result.accelerator == "c/d"
    assert engine.speeds == [new]


async def test_an_old_worker_that_hangs_up_after_a_switch_is_not_missed(engine, chat):
    new = Active(Client())

    async def switch_and_die():
        engine.current = new
        raise WorkerDied("The worker ended.")

    engine.current.client.during_count = switch_and_die
    await answered(chat, question(ask("One?")))
    assert engine.generated[-1][0] is new


async def test_a_worker_that_dies_while_it_counts_is_told(engine, chat):
    async def die():
        raise WorkerDied("The worker ended.")

    engine.current.client.during_count = die
    with pytest.raises(WorkerDied):
        await answered(chat, question(ask("One?")))


async def test_a_worker_that_dies_while_it_counts_is_told_even_if_it_is_missed_already(
    engine, chat
):
    async def die():
        engine.current = None
        raise WorkerDied("The worker ended.")

    engine.current.client.during_count = die
    with pytest.raises(WorkerDied):
        await answered(chat, question(ask("One?")))


async def test_stopped_while_it_counts_it_is_a_cancelled_answer(engine, chat):
    counting = asyncio.Event()

    async def wait():
        counting.set()
        await asyncio.Event().wait()

    engine.current.client.during_count = wait
    asked = asyncio.create_task(answered(chat, question(ask("One?"))))
    await counting.wait()
    asked.cancel()
    result = await asked
    assert (result.text, result.finish_reason) == ("", p.FinishReason.cancelled)
    assert engine.generated == []


async def test_without_a_model_an_attachment_is_estimated(engine, chat):
    engine.current = None
    fit = await chat.fit(attachment("x" * 400), lambda uri: None)
    assert (fit.tokens, fit.kept_tokens, fit.exact) == (100, 100, False)


async def test_an_attachment_is_estimated_where_the_worker_dies_on_it(engine, chat):
    async def die():
        raise WorkerDied("The worker ended.")

    engine.current.client.during_count = die
    assert not (await chat.fit(attachment("x" * 400), lambda uri: None)).exact
