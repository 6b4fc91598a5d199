"""What the person does with suggestions, and what the sidecar makes of it."""

import pytest
from phi_sidecar.generated import protocol as p

AUTOMATIC = p.TriggerKind.automatic
POINT = (
    "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n"
    "    def move(self, dx, dy):\n        self.x += dx\n        self.y +="
)
END = (7, 17)
ADD = 'def add(a, b):\n    """Return the sum of a and b."""\n    return '


@pytest.fixture
async def unhurried(open_editor):
    """A window that is shown everything, and that is asked nothing of by itself."""
    settings = {"completionPauseMs": 0, "completionConfidence": "any"}
    return await open_editor(options={"ownInlineCompletion": True, "settings": settings})


@pytest.fixture
def generated(eventually):
    """Wait until something has been generated since a moment, and nothing is any more."""

    async def wait(editor, since):
        def done():
            told = [status.generating for status in editor.statuses[since:]]
            return True in told and not told[-1]

        await eventually(done)

    return wait


async def test_the_line_after_the_suggested_one_is_there_when_enter_is_pressed(
    unhurried, generated
):
    editor = unhurried
    uri = editor.open(POINT)
    first = await editor.complete(uri, *END, trigger=AUTOMATIC, trace="first").result()
    assert first.items[0].text == " dy"
    since = len(editor.statuses)
    editor.tell_shown("first")
    await generated(editor, since)
    editor.change(uri, END, END, " dy")
    editor.tell_accepted("first", 3)
    at_end = await editor.complete(uri, 7, 20, trigger=AUTOMATIC).result()
    assert at_end.outcome is p.CompletionOutcome.unsuitable_place
    editor.change(uri, (7, 20), (7, 20), "\n        ")
    asked = await editor.complete(uri, 8, 8, trigger=AUTOMATIC, trace="next").result()
    (told,) = await editor.explain("next")
    (before,) = await editor.explain("first")
    assert before.became_of == "accepted"
    # Whatever the model had to say was computed while the first one was looked at.
    assert asked.from_cache
    assert told.looked_ahead
    assert asked.metrics is None


async def test_the_rest_of_a_suggestion_taken_in_part_stays_without_asking_again(unhurried):
    editor = unhurried
    uri = editor.open(ADD)
    first = await editor.complete(uri, 2, 11, trigger=AUTOMATIC, trace="first").result()
    assert first.items[0].text == "a + b"
    editor.tell_shown("first")
    editor.change(uri, (2, 11), (2, 11), "a")
    editor.tell_accepted("first", 1, p.AcceptedPart.word)
    rest = await editor.complete(uri, 2, 12, trigger=AUTOMATIC).result()
    assert rest.items[0].text == " + b"
    assert rest.from_cache
    (told,) = await editor.explain("first")
    assert told.became_of == "accepted in part: 1 of 5 characters"


async def test_after_esc_nothing_comes_on_the_line_until_the_person_asks(unhurried):
    editor = unhurried
    uri = editor.open(ADD)
    await editor.complete(uri, 2, 11, trigger=AUTOMATIC, trace="first").result()
    editor.tell_shown("first")
    editor.tell_rejected("first")
    for typed in range(3):
        result = await editor.complete(uri, 2, 11 + typed, trigger=AUTOMATIC).result()
        assert result.outcome is p.CompletionOutcome.backed_off
        assert result.items == []
        editor.change(uri, (2, 11 + typed), (2, 11 + typed), "a + b"[typed])
    asked = await editor.complete(uri, 2, 14).result()
    assert asked.outcome is not p.CompletionOutcome.backed_off
    again = await editor.complete(uri, 2, 14, trigger=AUTOMATIC).result()
    assert again.outcome is not p.CompletionOutcome.backed_off
    (told,) = await editor.explain("first")
    assert told.became_of == "dismissed"


async def test_a_person_who_asks_may_choose_from_different_ones(unhurried):
    editor = unhurried
    uri = editor.open(
        "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n"
        "    def move(self, dx, dy):\n        "
    )
    result = await editor.complete(uri, 6, 8).result()
    texts = [item.text for item in result.items]
    # How many come in time depends on the machine.
    assert 1 <= len(texts) <= 3
    assert len(set(texts)) == len(texts)
    uri = editor.open("x = 1\n", "file:///work/other.py")
    by_typing = await editor.complete(uri, 1, 0, trigger=AUTOMATIC).result()
    assert len(by_typing.items) <= 1


async def test_each_stage_of_a_request_is_explained(unhurried):
    editor = unhurried
    uri = editor.open(ADD)
    result = await editor.complete(uri, 2, 11, trigger=AUTOMATIC, trace="first").result()
    (told,) = await editor.explain()
    assert told.trace_id == "first"
    assert told.uri == uri
    assert told.position == p.Position(line=2, character=11)
    assert told.trigger_kind is AUTOMATIC
    assert told.outcome is p.CompletionOutcome.suggested
    assert told.model == (await editor.status()).model.name
    assert told.question.prompt.endswith("    return")
    assert told.answer.startswith(" a + b")
    assert told.metrics == result.metrics
    assert told.confidence == result.confidence
    assert 0 < told.confidence <= 1
    times = {each.stage: each.ms for each in told.times}
    # Who types does not wait for others to be weighed.
    assert list(times) == [each for each in p.CompletionStage if each != "weighing"]
    assert times[p.CompletionStage.prefill] == pytest.approx(result.metrics.ttft_ms)
    assert times[p.CompletionStage.decode] > 0


async def test_for_who_asks_other_answers_are_weighed(unhurried):
    editor = unhurried
    uri = editor.open(
        "def reverse(text):\n    letters = \n    letters.reverse()\n    return ''.join(letters)\n"
    )
    await editor.complete(uri, 1, 14, trigger=AUTOMATIC, trace="typed").result()
    first = await editor.complete(uri, 1, 14, trace="asked").result()
    again = await editor.complete(uri, 1, 14, trace="again").result()
    _, asked, typed = await editor.explain()
    # The starter is not sure of its answer, which is short: there is time for others.
    assert typed.confidence < 0.6
    weighing = p.CompletionStage.weighing
    assert all(each.stage is not weighing for each in typed.times)
    assert asked.times[-1].stage is weighing
    assert asked.times[-1].ms > 0
    assert asked.outcome is p.CompletionOutcome.suggested
    # How many come in time depends on the machine, so that any may be the fittest.
    for change in asked.changes:
        assert change.filter != "weighing" or change.after == first.items[0].text
    assert (again.from_cache, again.items[0].text) == (True, first.items[0].text)


async def test_what_was_refused_is_explained_too_and_the_newest_comes_first(unhurried):
    editor = unhurried
    uri = editor.open("value = compute\n")
    await editor.complete(uri, 0, 10, trigger=AUTOMATIC, trace="word").result()
    await editor.complete(uri, 0, 10, version=9, trigger=AUTOMATIC, trace="stale").result()
    secret = editor.open("TOKEN=", "file:///work/.env", "plaintext")
    await editor.complete(secret, 0, 6, trace="secret").result()
    secret, stale, word = await editor.explain()
    assert [each.trace_id for each in (secret, stale, word)] == ["secret", "stale", "word"]
    assert secret.outcome is p.CompletionOutcome.excluded_file
    assert stale.outcome is p.CompletionOutcome.stale
    assert word.outcome is p.CompletionOutcome.unsuitable_place
    assert "word" in word.detail
    assert secret.question is stale.question is word.question is None


async def test_lines_of_other_open_documents_may_be_in_a_prompt_but_not_of_excluded_ones(
    unhurried,
):
    editor = unhurried
    wares = "def price_of(item):\n    return item.price * item.amount - item.rebate\n\n\n"
    for name in ("wares", "secret_wares"):
        lines = wares.replace("price_of", f"{name}_price_of") * 3
        editor.open(lines, f"file:///work/{name}.py")
    editor.configure(completionExclude=["**/secret_*"], completionPauseMs=0)
    uri = editor.open(
        "class Basket:\n    def total(self, items):\n        amount = 0\n"
        "        for item in items:\n            price = item.price * item.amount\n"
        "            amount +="
    )
    await editor.complete(uri, 5, 21, trigger=AUTOMATIC, trace="open").result()
    (told,) = await editor.explain("open")
    assert "secret" not in told.question.prompt
    assert told.question.snippets == ["/work/wares.py"]
    assert "wares_price_of" in told.question.prompt
    editor.configure(completionOtherFiles=False, completionPauseMs=0)
    await editor.complete(uri, 5, 20, trigger=AUTOMATIC, trace="alone").result()
    (told,) = await editor.explain("alone")
    assert told.question is None or told.question.snippets == []
