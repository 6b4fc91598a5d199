"""User code is in no log and in no file; the product needs no network once it is set up."""

import asyncio
import json
import os
import subprocess
import sys

import pytest
from phi_sidecar.generated import protocol as p

IN_TEXT = "zq7document"
IN_NAME = "zq7filename"
IN_CHAT = "zq7question"
IN_ERROR = "zq7mistake"
MARKERS = (IN_TEXT, IN_NAME, IN_CHAT, IN_ERROR)


async def use_everything(open_editor, editing, house):
    """Plant the markers wherever the product takes in what is the user's."""
    editor = await open_editor(house, env={"PHI_SIDECAR_LOG_LEVEL": "debug"})
    uri = editor.open(f"{IN_TEXT} = 1\n{IN_TEXT}_more = ", f"file:///work/{IN_NAME}.py")
    await editor.complete(uri, 1, 20).result()
    await editor.complete(uri, 1, 20, trigger=p.TriggerKind.automatic).result()
    editor.configure(completionConfidence="any", completionPauseMs=0)
    for trace in ("first", "second"):
        await editor.complete(uri, 1, 20, trace=trace).result()
        editor.tell_shown(trace)
        editor.tell_accepted(trace, 2, p.AcceptedPart.word)
        editor.tell_rejected(trace, p.RejectionReason.ignored)
    # All of it is told to whoever edits, and to nobody else.
    told = await editor.explain()
    assert any(each.question and IN_TEXT in each.question.prompt for each in told)
    editor.tell_shown(IN_ERROR)
    editor.open(f"def {IN_TEXT}(): pass\n" * 30, f"file:///work/{IN_NAME}_other.py")
    await editor.complete(uri, 1, 20, trigger=p.TriggerKind.automatic).result()
    editor.change(uri, (1, 0), (1, 0), f"print({IN_TEXT})\n")
    await editor.complete(uri, 99, 0).error()
    await editor.complete(f"file:///{IN_ERROR}", 0, 0).error()
    await editor.chat(f"Say {IN_CHAT} twice.", token="chat").result()
    for name, ask in ((f"{IN_NAME}.py", "result"), (".env", "error")):
        attached = p.Attachment(
            uri=f"file:///work/{name}",
            label=f"{IN_NAME} {name}",
            language_id="python",
            text=f"{IN_TEXT} = 1\n" * 2_000,
            problems=[IN_ERROR],
        )
        await getattr(editor.fit(attached), ask)()
        told = p.ConversationMessage(
            role=p.Role.user, content=IN_CHAT, command=p.SlashCommand.fix, attachments=[attached]
        )
        await getattr(editor.chat(told, tokens=5), ask)()
    asked = editor.chat(f"Write a story about {IN_CHAT}.", tokens=500, token="stopped")
    await editor.streaming("stopped")
    asked.cancel()
    await asked.result()
    await editor.chat(f"{IN_CHAT} " * 20_000).error()
    await editor.select(f"{IN_ERROR}/CPU").error()
    # In the middle of an answer, so that the errors of a broken connection are told as well.
    asked = editor.chat(f"Write a story about {IN_CHAT}.", tokens=4_000, token="killed")
    await editor.streaming("killed")
    house.workers[0].kill()
    await asked.error()
    await editor.ready()
    await editor.leave()
    wire = await editing.Wire.open({**house.env, "PHI_SIDECAR_LOG_LEVEL": "debug"}, stderr=True)
    await wire.ask("phi/chat", {"messages": [{"role": IN_ERROR, "content": IN_CHAT}]})
    await wire.ask(f"phi/{IN_ERROR}", {IN_ERROR: IN_TEXT})
    await wire.ask("textDocument/inlineCompletion", {IN_ERROR: {"line": IN_TEXT}})
    wire.send({"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {IN_TEXT: IN_ERROR}})
    wire.send(f'{{"jsonrpc": "2.0", "{IN_ERROR}'.encode())
    wire.send({"jsonrpc": "2.0", "method": "phi/completionShown", "params": {IN_TEXT: IN_ERROR}})
    await wire.ask("phi/explainCompletion", {"traceId": [IN_TEXT]})
    await wire.ask("phi/status", {})
    return editor.stderr + await wire.close()


async def test_nothing_of_the_users_is_in_any_log_or_file_and_no_file_lies_astray(
    open_editor, editing, house
):
    said = await use_everything(open_editor, editing, house)
    house.end_workers()
    assert "refused phi/chat" in said
    assert "answers on CPU" in said
    for marker in MARKERS:
        assert marker not in said, [line for line in said.splitlines() if marker in line]
    files = [file for file in house.written() if file.is_file()]
    assert house.paths.logs / "worker.log" in files
    for file in files:
        content = file.read_bytes()
        for marker in MARKERS:
            assert marker.encode() not in content, file
            assert marker.encode("utf-16-le") not in content, file
            assert marker not in file.name
    own = (house.paths.data, house.paths.cache, house.paths.logs, house.paths.runtime)
    assert [file for file in files if not any(place in file.parents for place in own)] == []


def namespace_without_network():
    """The command that runs another one where there is no route, not even to this machine."""
    if sys.platform != "linux":
        return None
    for command in (["unshare", "-rn"], ["unshare", "-n"]):
        tried = subprocess.run([*command, "true"], capture_output=True, check=False)
        if tried.returncode == 0:
            return command
    return None


@pytest.fixture
def offline(house):
    """Run the product's command line in a network namespace without any route."""
    command = namespace_without_network()
    if command is None:
        if sys.platform == "linux" and os.environ.get("CI"):
            pytest.fail("this build machine does not let a network namespace be made")
        pytest.skip("network namespaces cannot be made here")

    def run(*arguments):
        product = [sys.executable, "-m", "phi_sidecar", *arguments]
        return subprocess.run(
            [*command, *product],
            env=house.env,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    reached = subprocess.run(
        [
            *command,
            sys.executable,
            "-c",
            "import socket; socket.create_connection(('1.1.1.1', 80))",
        ],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "unreachable" in reached.stderr
    return run


async def test_the_product_that_is_set_up_runs_without_any_network(offline, tmp_path):
    file = tmp_path / "add.py"
    file.write_text("def add(a, b):\n    return ", encoding="utf-8")
    completed = await asyncio.to_thread(offline, "complete", str(file), "2", "12", "--json")
    assert completed.returncode == 0, completed.stderr
    assert json.loads(completed.stdout)["text"] == "a + b"
    answered = await asyncio.to_thread(offline, "chat", "What is the capital of Japan?")
    assert answered.returncode == 0, answered.stderr
    assert "Tokyo" in answered.stdout
