"""Messages that do not fit get an error by id; the server lives on."""

import asyncio
import json

import pytest

URI = "file:///work/a.py"
POSITION = {"line": 0, "character": 0}
FITS = {
    "textDocument": {"uri": URI, "version": 1},
    "position": POSITION,
    "triggerKind": 1,
    "traceId": "t",
}
QUESTION = [{"role": "user", "content": "Hello"}]
INVALID_PARAMS = -32602
METHOD_NOT_FOUND = -32601


async def alive(wire):
    response = await wire.ask("phi/status", {}, id="alive")
    assert response["result"]["phase"]


REFUSED = {
    "no params": ("phi/inlineCompletion", None),
    "params in a list": ("phi/inlineCompletion", [FITS]),
    "a required field is missing": ("phi/inlineCompletion", {**FITS, "position": ...}),
    "a field too many": ("phi/inlineCompletion", {**FITS, "colour": "red"}),
    "a field too many, deep inside": (
        "phi/inlineCompletion",
        {**FITS, "position": {**POSITION, "column": 1}},
    ),
    "a number that is a text": (
        "phi/inlineCompletion",
        {**FITS, "position": {"line": "0", "character": 0}},
    ),
    "a negative line": (
        "phi/inlineCompletion",
        {**FITS, "position": {"line": -1, "character": 0}},
    ),
    "a negative character": (
        "phi/inlineCompletion",
        {**FITS, "position": {"line": 0, "character": -1}},
    ),
    "half a character": (
        "phi/inlineCompletion",
        {**FITS, "position": {"line": 0, "character": 0.5}},
    ),
    "an unknown trigger": ("phi/inlineCompletion", {**FITS, "triggerKind": 3}),
    "no messages": ("phi/chat", {"messages": []}),
    "an unknown role": ("phi/chat", {"messages": [{"role": "robot", "content": "Hello"}]}),
    "a message that is a text": ("phi/chat", {"messages": ["Hello"]}),
    "no tokens": ("phi/chat", {"messages": QUESTION, "sampling": {"maxNewTokens": 0}}),
    "too hot": (
        "phi/chat",
        {"messages": QUESTION, "sampling": {"maxNewTokens": 5, "temperature": 2.5}},
    ),
    "an accelerator that is a number": ("phi/selectAccelerator", {"accelerator": 5}),
    "params where there are none": ("phi/status", {"verbose": True}),
    "the standard method without a context": (
        "textDocument/inlineCompletion",
        {"textDocument": {"uri": URI}, "position": POSITION},
    ),
    "the standard method with a line that is a text": (
        "textDocument/inlineCompletion",
        {
            "textDocument": {"uri": URI},
            "position": {"line": "x", "character": 0},
            "context": {"triggerKind": 1},
        },
    ),
    "the standard method with nothing": ("textDocument/inlineCompletion", None),
}


def without_ellipses(params):
    if isinstance(params, dict):
        return {key: value for key, value in params.items() if value is not ...}
    return params


@pytest.fixture
def document(wire):
    item = {"uri": URI, "languageId": "python", "version": 1, "text": "value = 1\n"}
    wire.send(
        {"jsonrpc": "2.0", "method": "textDocument/didOpen", "params": {"textDocument": item}}
    )


async def test_params_that_do_not_fit_are_refused_by_id(wire, document):
    for number, (name, (method, params)) in enumerate(REFUSED.items()):
        response = await wire.ask(method, without_ellipses(params), id=number)
        assert "error" in response, (name, response)
        assert response["error"]["code"] == INVALID_PARAMS, (name, response)
    await alive(wire)


async def test_the_refusal_names_the_field_and_not_its_value(wire, document):
    params = {**FITS, "position": {"line": "xyzzy", "character": 0}}
    error = (await wire.ask("phi/inlineCompletion", params))["error"]
    assert "position.line" in error["message"]
    assert "xyzzy" not in json.dumps(error)


async def test_a_second_initialize_is_refused_and_loses_no_document(wire, document):
    again = {"capabilities": {}, "initializationOptions": {"ownInlineCompletion": True}}
    response = await wire.ask("initialize", again, id="again")
    assert "before" in response["error"]["message"]
    response = await wire.ask("phi/inlineCompletion", FITS)
    assert response["result"]["outcome"] != "stale"
    await alive(wire)


async def test_an_unknown_method_is_refused_by_id(wire):
    response = await wire.ask("phi/makeCoffee", {"sugar": 2})
    assert response["error"]["code"] == METHOD_NOT_FOUND
    await alive(wire)


async def test_what_needs_no_params_may_leave_them_out(wire):
    wire.send({"jsonrpc": "2.0", "id": 1, "method": "phi/status"})
    assert (await wire.answer(1))["result"]["phase"]


async def test_numbers_and_texts_are_both_taken_as_ids(wire):
    assert (await wire.ask("phi/status", {}, id=0))["id"] == 0
    assert (await wire.ask("phi/status", {}, id=""))["id"] == ""
    assert (await wire.ask("phi/status", {}, id="0"))["id"] == "0"


BODIES = {
    "no JSON": b"{nonsense",
    "nothing": b"",
    "a text": b'"hello"',
    "a number": b"17",
    "a list": b'[{"jsonrpc": "2.0", "id": 1, "method": "phi/status"}]',
    "no version": b'{"id": 1, "method": "phi/status"}',
    "an empty object": b"{}",
    "no method": b'{"jsonrpc": "2.0", "id": 5}',
    "another version": b'{"jsonrpc": "1.0", "id": 1, "method": "phi/status", "params": {}}',
    "an id of null": b'{"jsonrpc": "2.0", "id": null, "method": "phi/status", "params": {}}',
    "an id that is a list": b'{"jsonrpc": "2.0", "id": [1], "method": "phi/status", "params": {}}',
    "a method that is a number": b'{"jsonrpc": "2.0", "id": 3, "method": 4, "params": {}}',
    "a method that is a list": b'{"jsonrpc": "2.0", "id": 3, "method": [4], "params": {}}',
    "bytes that are no text": b'{"jsonrpc": "2.0", "id": 1, "method": "\xff\xfe"}',
    "very deep": b"[" * 100_000,
    "an answer to nothing": b'{"jsonrpc": "2.0", "id": "never-asked", "result": 3}',
    "an error for nothing": b'{"jsonrpc": "2.0", "id": 77, "error": {"code": 1, "message": "x"}}',
    "a broken error": b'{"jsonrpc": "2.0", "id": 77, "error": 5}',
    "a cancel of nothing": b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"x"}}',
    "a cancel without an id": b'{"jsonrpc":"2.0","method":"$/cancelRequest","params":{}}',
    "an unknown notification": b'{"jsonrpc":"2.0","method":"phi/hello","params":{"a":1}}',
    "a broken notification": b'{"jsonrpc":"2.0","method":"textDocument/didOpen","params":[]}',
    "an edit of nothing": b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":'
    b'{"textDocument":{"uri":"file:///none","version":2},"contentChanges":[{"text":"x"}]}}',
    "settings that do not fit": b'{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration",'
    b'"params":{"settings":{"phiSidecar":{"completionMaxNewTokens":"many"}}}}',
    "a method within the params": b'{"jsonrpc":"2.0","method":"workspace/didChangeConfiguration",'
    b'"params":{"settings":{"jsonrpc":"2.0","id":9,"method":"phi/status"}}}',
}


async def test_after_a_body_that_makes_no_sense_the_server_lives(wire):
    for name, body in BODIES.items():
        wire.send(body)
        try:
            await alive(wire)
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            pytest.fail(f"{name}: {error!r}")


async def test_headers_that_make_no_sense_do_not_end_the_server(wire):
    wire.process.stdin.write(b"Colour: red\r\n\r\n")
    await alive(wire)


async def test_a_wrong_message_does_not_disturb_the_ones_beside_it(wire, document):
    wire.send({"jsonrpc": "2.0", "id": 1, "method": "phi/status", "params": {}})
    wire.send({"jsonrpc": "2.0", "id": 2, "method": "phi/chat", "params": {"messages": 5}})
    wire.send({"jsonrpc": "2.0", "id": 3, "method": "phi/status", "params": {}})
    answers = {id: await wire.answer(id) for id in (1, 2, 3)}
    assert "result" in answers[1]
    assert answers[2]["error"]["code"] == INVALID_PARAMS
    assert "result" in answers[3]
