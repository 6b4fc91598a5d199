import pytest
from filelock import FileLock
from lsprotocol import types as lsp
from phi_sidecar.generated import protocol as p

ADD = 'def add(a, b):\n    """Return the sum of a and b."""\n    return '
BLOCK = (
    "class Point:\n    def __init__(self, x, y):\n        self.x = x\n        self.y = y\n\n"
    "    def move(self, dx, dy):\n        "
)


def first_item(result):
    """The suggestion; whoever asks for it may get others to choose from behind it."""
    assert result.outcome is p.CompletionOutcome.suggested, (result.outcome, result.detail)
    assert 1 <= len(result.items) <= 3
    return result.items[0]


def standard_params(uri, line, character):
    return lsp.InlineCompletionParams(
        context=lsp.InlineCompletionContext(lsp.InlineCompletionTriggerKind.Invoked),
        text_document=lsp.TextDocumentIdentifier(uri),
        position=lsp.Position(line, character),
    )


async def test_a_line_is_finished(editor):
    uri = editor.open(ADD)
    result = await editor.complete(uri, 2, 11).result()
    item = first_item(result)
    assert item.text == "a + b"
    assert item.range.start == item.range.end == p.Position(line=2, character=11)
    assert result.trace_id == f"{uri}:2:11"
    assert not result.from_cache
    assert result.metrics.executing_device == "CPU"
    assert result.metrics.prompt_tokens > 10


async def test_several_lines_are_suggested_where_a_block_is_open(editor):
    uri = editor.open(BLOCK)
    item = first_item(await editor.complete(uri, 6, 8).result())
    lines = item.text.split("\n")
    assert lines[:2] == ["self.x += dx", "        self.y += dy"]
    assert all(line.startswith("        ") for line in lines[1:])


async def test_text_after_the_cursor_is_not_repeated(editor):
    uri = editor.open('def greet(name):\n    print("Hello, ")\n')
    item = first_item(await editor.complete(uri, 1, 18).result())
    # What the editor closed by itself is either left alone or replaced, never doubled.
    line = '    print("Hello, ")'
    start, end = item.range.start.character, item.range.end.character
    assert (line[:start] + item.text + line[end:]).count(")") == 1
    assert "\n" not in item.text


async def test_typing_into_a_suggestion_keeps_it_without_asking_the_model(editor):
    uri = editor.open(ADD)
    first = first_item(await editor.complete(uri, 2, 11).result())
    editor.change(uri, (2, 11), (2, 11), "a ")
    result = await editor.complete(uri, 2, 13).result()
    assert result.from_cache
    assert result.metrics is None
    assert "a " + first_item(result).text == first.text


async def test_typing_against_a_suggestion_asks_the_model_again(editor):
    uri = editor.open(ADD)
    first_item(await editor.complete(uri, 2, 11).result())
    editor.change(uri, (2, 11), (2, 11), "sum(")
    result = await editor.complete(uri, 2, 15).result()
    assert not result.from_cache


async def test_a_prompt_that_only_grew_is_read_from_the_cache_of_keys_and_values(editor):
    lines = "".join(f"total_{n} = price_{n} * amount_{n}\n" for n in range(60))
    uri = editor.open(lines)
    await editor.complete(uri, 60, 0).result()
    editor.change(uri, (60, 0), (60, 0), "grand_total = ")
    result = await editor.complete(uri, 60, 14).result()
    assert result.metrics.cached_tokens > 0.8 * result.metrics.prompt_tokens


async def test_an_answer_about_an_older_version_is_empty_and_marked_stale(editor):
    uri = editor.open(ADD)
    result = await editor.complete(uri, 2, 11, version=7).result()
    assert result.outcome is p.CompletionOutcome.stale
    assert result.items == []


async def test_a_document_that_changes_meanwhile_makes_the_answer_stale(editor):
    uri = editor.open(BLOCK)
    asked = editor.complete(uri, 6, 8)
    editor.change(uri, (0, 0), (0, 0), "# a comment\n")
    result = await asked.result()
    assert result.outcome is p.CompletionOutcome.stale
    assert result.items == []


async def test_an_editor_that_knows_nothing_of_ours_gets_the_standard_method(open_editor):
    editor = await open_editor(options={})
    assert editor.capabilities_of_server.inline_completion_provider is not None
    uri = editor.open(ADD)
    answer = await editor.text_document_inline_completion_async(standard_params(uri, 2, 11))
    (item,) = answer.items
    assert item.insert_text == "a + b"
    assert item.range == lsp.Range(lsp.Position(2, 11), lsp.Position(2, 11))


async def test_an_editor_that_asks_itself_is_not_offered_the_standard_method(editor):
    assert editor.capabilities_of_server.inline_completion_provider is None
    uri = editor.open(ADD)
    with pytest.raises(Exception, match="inlineCompletion") as refused:
        await editor.text_document_inline_completion_async(standard_params(uri, 2, 11))
    assert refused.value.code == -32601


async def test_a_huge_file_is_completed_from_what_surrounds_the_cursor(editor):
    lines = [f"value_{n} = compute({n})" for n in range(40_000)]
    lines[20_000] = "def add(a, b):\n    return "
    uri = editor.open("\n".join(lines))
    result = await editor.complete(uri, 20_001, 11).result()
    assert first_item(result).text == "a + b"
    assert result.metrics.prompt_tokens < 2_000


async def test_text_with_few_characters_per_token_is_completed_as_well(editor):
    # Two tokens or more per character: what the budget takes for 1,000 tokens does not fit.
    line = "x = '" + "\U0001f9ff\u2603" * 20 + "'\n"
    uri = editor.open(line * 200 + ADD)
    result = await editor.complete(uri, 202, 11).result()
    assert first_item(result).text == "a + b"


async def test_completing_in_a_document_that_is_not_open_is_refused(editor):
    error = await editor.complete("file:///work/closed.py", 0, 0).error()
    assert error.code == -32602
    assert "not open" in error.message


async def test_where_nothing_should_be_suggested_it_is_said_why(editor):
    uri = editor.open("value = compute\n")
    result = await editor.complete(uri, 0, 10).result()
    assert result.outcome is p.CompletionOutcome.unsuitable_place
    assert "word" in result.detail


async def test_before_the_model_is_ready_requests_are_answered_at_once(open_editor, empty_house):
    # A lock that a test holds keeps the set-up from going on.
    lock = empty_house.paths.environments / "openvino.lock"
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        editor = await open_editor(empty_house, ready=False)
        status = await editor.phase(p.Phase.preparing)
        uri = editor.open(ADD)
        result = await editor.complete(uri, 2, 11).result(timeout_s=2)
        assert result.outcome is p.CompletionOutcome.not_ready
        assert "set up" in result.detail
        error = await editor.chat("Hello").error()
        assert error.code == p.ErrorCode.not_ready
        assert error.data["remedy"]
        status = await editor.until(lambda status: status.progress is not None)
        assert "Waiting for another window" in status.progress.step
        await editor.leave()
