import pytest
from lsprotocol import types as lsp
from phi_sidecar.generated import methods as m
from phi_sidecar.generated import protocol as p


def configured(editor, **settings):
    params = lsp.DidChangeConfigurationParams(settings={"phiSidecar": settings})
    editor.workspace_did_change_configuration(params)


def question(content):
    return p.ConversationMessage(role=p.Role.user, content=content)


async def outcome(editor, uri, character=6):
    return await editor.complete(uri, 0, character).result()


@pytest.fixture
async def echo(open_editor, home, choose_echo):
    choose_echo(home)
    return await open_editor()


async def test_a_language_can_be_off_from_the_start(open_editor, home, choose_echo):
    choose_echo(home)
    settings = {"completionLanguages": {"python": False, "*": True}}
    editor = await open_editor(options={"ownInlineCompletion": True, "settings": settings})
    uri = editor.open("alpha1")
    result = await outcome(editor, uri)
    assert result.outcome is p.CompletionOutcome.language_off
    assert "python" in result.detail
    other = editor.open("alpha1", uri="file:///work/a.go", language="go")
    assert (await outcome(editor, other)).outcome is p.CompletionOutcome.suggested


async def test_settings_that_change_count_at_once(echo):
    uri = echo.open("alpha1")
    assert (await outcome(echo, uri)).outcome is p.CompletionOutcome.suggested
    configured(echo, completionEnabled=False)
    assert (await outcome(echo, uri)).outcome is p.CompletionOutcome.language_off
    configured(echo, completionEnabled=True, completionExclude=["*.py"])
    assert (await outcome(echo, uri)).outcome is p.CompletionOutcome.excluded_file
    configured(echo)
    assert (await outcome(echo, uri)).outcome is p.CompletionOutcome.suggested


async def test_a_setting_that_does_not_fit_leaves_those_beside_it(echo):
    uri = echo.open("alpha1")
    configured(echo, completionEnabled="perhaps", completionExclude=["*.py"])
    assert (await outcome(echo, uri)).outcome is p.CompletionOutcome.excluded_file


async def test_options_that_do_not_fit_do_not_keep_the_server_from_starting(
    open_editor, home, choose_echo
):
    choose_echo(home)
    editor = await open_editor(
        options={"ownInlineCompletion": "yes", "settings": {"completionMaxNewTokens": "many"}}
    )
    assert editor.capabilities_of_server.inline_completion_provider is not None
    assert "not taken" in editor.stderr


async def test_the_longest_answer_of_a_chat_is_a_setting(echo):
    configured(echo, chatMaxNewTokens=3)
    params = p.ChatParams(messages=[question("a b c d e f")])
    answer = await echo.ask(m.PHI_CHAT, params).result()
    assert answer.metrics.completion_tokens == 3
    assert answer.finish_reason is p.FinishReason.length


async def test_files_that_hold_secrets_are_never_completed(echo):
    for name in (".env", ".env.local", "server.pem", "id_rsa", ".npmrc", "secrets.yaml"):
        uri = echo.open("alpha1", uri=f"file:///work/{name}", language="properties")
        result = await outcome(echo, uri)
        assert result.outcome is p.CompletionOutcome.excluded_file
        assert "keys or passwords" in result.detail
        assert result.metrics is None


async def test_files_that_git_ignores_are_never_completed(echo, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("generated/\n*.local.py\n", encoding="utf-8")
    for name, excluded in [
        ("generated/a.py", True),
        ("notes.local.py", True),
        ("notes.py", False),
    ]:
        uri = echo.open("alpha1", uri=(tmp_path / name).as_uri())
        result = await outcome(echo, uri)
        assert (result.outcome is p.CompletionOutcome.excluded_file) is excluded, name
    # What is ignored from now on counts at once.
    (tmp_path / ".gitignore").write_text("notes.py\n", encoding="utf-8")
    uri = (tmp_path / "notes.py").as_uri()
    echo.change(uri, (0, 0), (0, 0), " ")
    result = await outcome(echo, uri, 7)
    assert result.outcome is p.CompletionOutcome.excluded_file


async def test_documents_that_are_no_files_are_completed(echo):
    uri = echo.open("alpha1", uri="untitled:Untitled-1")
    assert (await outcome(echo, uri)).outcome is p.CompletionOutcome.suggested


async def test_patterns_are_written_from_the_folder_that_is_open(echo, tmp_path):
    folder = lsp.WorkspaceFolder(uri=tmp_path.as_uri(), name="project")
    event = lsp.WorkspaceFoldersChangeEvent(added=[folder], removed=[])
    echo.workspace_did_change_workspace_folders(lsp.DidChangeWorkspaceFoldersParams(event))
    configured(echo, completionExclude=["src/private/**"])
    for name, excluded in [("src/private/a.py", True), ("src/a.py", False)]:
        uri = echo.open("alpha1", uri=(tmp_path / name).as_uri())
        result = await outcome(echo, uri)
        assert (result.outcome is p.CompletionOutcome.excluded_file) is excluded, name


async def test_the_cells_of_an_ignored_notebook_are_never_completed(echo, tmp_path):
    (tmp_path / ".gitignore").write_text("private.ipynb\n", encoding="utf-8")
    for name, excluded in [("private.ipynb", True), ("public.ipynb", False)]:
        cell = (tmp_path / name).as_uri().replace("file:", "vscode-notebook-cell:") + "#W0"
        result = await outcome(echo, echo.open("alpha1", uri=cell))
        assert (result.outcome is p.CompletionOutcome.excluded_file) is excluded, name
