"""Code that goes with a question: what is read of it, and what never is."""

import pytest
from lsprotocol import types as lsp
from phi_sidecar.generated import protocol as p

ECHO_BUDGET = 1_536
"""Half of the longest prompt that echo takes beside an answer: 4,096 words, a quarter kept free."""


def attachment(text, uri="file:///work/stock.py", **more):
    label = uri.rpartition("/")[2]
    return p.Attachment(uri=uri, label=label, language_id="python", text=text, **more)


def question(content, *attachments, command=None):
    return p.ConversationMessage(
        role=p.Role.user, content=content, command=command, attachments=list(attachments)
    )


def lines(count, words=3):
    return "".join(f"{'x ' * (words - 1)}line{number}\n" for number in range(count))


@pytest.fixture
async def echo(open_editor, home, choose_echo):
    choose_echo(home)
    return await open_editor(env={"PHI_SIDECAR_BACKEND_OPTIONS": '{"token_ms": "0"}'})


async def test_attached_code_is_read_before_the_question(echo):
    answer = await echo.chat(question("What is this?", attachment("a = 1\n"))).result()
    assert answer.text == (
        "You said: Code from `stock.py`:\n```python\na = 1\n```\n\nWhat is this?"
    )
    (fit,) = answer.attachments
    assert (fit.tokens, fit.kept_tokens, fit.exact) == (4, 4, True)
    assert (fit.lines, fit.first_line, fit.end_line) == (1, 0, 1)


async def test_a_slash_command_is_asked_in_the_sidecars_words(echo):
    attached = attachment("a = b\n", problems=["Line 1: 'b' is not defined."])
    asked = question("Keep it short.", attached, command=p.SlashCommand.fix)
    text = (await echo.chat(asked, tokens=200).result()).text
    assert "- Line 1: 'b' is not defined." in text
    assert "wrong" in text
    assert text.endswith("Keep it short.")


async def test_code_that_is_too_long_is_cut_by_whole_lines_and_the_prompt_says_so(echo):
    text = lines(2_000)
    answer = await echo.chat(question("Why?", attachment(text)), tokens=3_000).result()
    (fit,) = answer.attachments
    assert (fit.tokens, fit.lines, fit.exact) == (6_000 + 1, 2_000, True)
    assert ECHO_BUDGET * 0.9 <= fit.kept_tokens <= ECHO_BUDGET
    assert fit.first_line == 0
    assert fit.end_line == pytest.approx(fit.kept_tokens / 3, abs=1)
    assert f"line{fit.end_line - 1}\n[{2_000 - fit.end_line} lines left out]\n```" in answer.text


async def test_the_lines_around_the_cursor_are_kept(echo):
    attached = attachment(lines(2_000), focus_line=1_500)
    answer = await echo.chat(question("Why?", attached), tokens=3_000).result()
    (fit,) = answer.attachments
    assert 1_000 < fit.first_line < 1_500 < fit.end_line < 2_000
    assert "line1500\n" in answer.text
    assert f"\n[{fit.first_line} lines left out]\nx x line{fit.first_line}\n" in answer.text


async def test_several_attachments_share_what_may_be_read(echo):
    asked = question("Which?", attachment("short = 1\n"), attachment(lines(2_000)))
    short, long = (await echo.chat(asked).result()).attachments
    assert short.kept_tokens == short.tokens
    assert ECHO_BUDGET * 0.9 <= short.kept_tokens + long.kept_tokens <= ECHO_BUDGET


async def test_what_is_told_before_the_question_is_what_is_read_then(editor):
    attached = attachment(lines(5_000, words=6), focus_line=2_500)
    told = await editor.fit(attached).result()
    assert told.exact
    assert 2_700 < told.kept_tokens <= 3_072
    answer = await editor.chat(question("What is this?", attached), tokens=1).result()
    assert answer.attachments == [told]
    assert told.kept_tokens < answer.metrics.prompt_tokens < told.kept_tokens + 150


async def test_one_endless_line_is_cut_within_itself(editor):
    attached = attachment("\U0001f600é = '" + "ab\U0001f600" * 20_000 + "'\n")
    told = await editor.fit(attached).result()
    assert (told.lines, told.first_line, told.end_line) == (1, 0, 1)
    assert 2_700 < told.kept_tokens <= 3_072 < 10_000 < told.tokens
    answer = await editor.chat(question("What?", attached), tokens=2).result()
    assert answer.attachments == [told]


async def test_nothing_attached_is_nothing_to_read(echo):
    fit = await echo.fit(attachment("")).result()
    assert (fit.tokens, fit.kept_tokens, fit.lines, fit.end_line) == (0, 0, 0, 0)
    assert (await echo.chat("Hello").result()).attachments == []


async def test_without_a_model_the_count_is_an_estimate(open_editor, empty_house):
    # Nothing can be fetched, so there is no model and will be none.
    env = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
    editor = await open_editor(empty_house, env=env, ready=False)
    fit = await editor.fit(attachment("word " * 800 + "\n")).result()
    assert (fit.tokens, fit.kept_tokens, fit.exact) == (1_001, 1_001, False)
    long = await editor.fit(attachment(lines(5_000))).result()
    assert long.kept_tokens < 2_100 < long.tokens
    assert not long.exact


@pytest.mark.parametrize("name", [".env", "id_rsa", "server.pem"])
async def test_a_file_that_holds_secrets_is_refused(echo, name):
    attached = attachment("KEY=hunter2\n", uri=f"file:///work/{name}")
    for asked in (echo.fit(attached), echo.chat(question("What is this?", attached))):
        error = await asked.error()
        assert error.code == p.ErrorCode.excluded_file
        assert name in error.message
        assert "keys or passwords" in error.message
        assert "Copy the lines" in error.data["remedy"]


async def test_a_file_that_the_settings_or_git_exclude_is_refused(echo, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("generated/\n", encoding="utf-8")
    settings = {"phiSidecar": {"completionExclude": ["src/private/**"]}}
    echo.workspace_did_change_configuration(lsp.DidChangeConfigurationParams(settings=settings))
    folder = lsp.WorkspaceFolder(uri=tmp_path.as_uri(), name="project")
    event = lsp.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    echo.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    for name, rule in [("generated/a.py", ".gitignore"), ("src/private/a.py", "setting")]:
        error = await echo.fit(attachment("a = 1\n", uri=(tmp_path / name).as_uri())).error()
        assert error.code == p.ErrorCode.excluded_file
        assert rule in error.message
    allowed = attachment("a = 1\n", uri=(tmp_path / "src/a.py").as_uri())
    assert (await echo.fit(allowed).result()).tokens == 4


async def test_a_file_that_was_excluded_since_is_left_out_of_what_was_said_before(echo, tmp_path):
    uri = (tmp_path / "a.py").as_uri()
    earlier = question("What is this?", attachment("KEY = 'hunter2'\n", uri=uri))
    ask = (earlier, "A key.", "Really?")
    before = await echo.chat(*ask).result()
    (tmp_path / ".gitignore").write_text("a.py\n", encoding="utf-8")
    after = await echo.chat(*ask).result()
    assert after.text == "You said: Really?"
    # Its place is kept, its text is not.
    assert after.metrics.prompt_tokens != before.metrics.prompt_tokens
    shown = await echo.chat(*ask[:2], question("", *earlier.attachments)).error()
    assert shown.code == p.ErrorCode.excluded_file
