"""What JSON-RPC keeps of the messages that it has handled."""

import asyncio

import pytest
from phi_sidecar.rpc import Peer


@pytest.fixture
async def peer():
    return Peer()


async def test_a_notification_that_was_handled_leaves_nothing_behind(peer):
    handled = asyncio.Event()

    @peer.feature("x/pressed")
    async def pressed(_):
        handled.set()

    for _ in range(3):
        handled.clear()
        peer.protocol._handle_notification("x/pressed", None)
        assert len(peer.protocol._request_futures) == 1
        await handled.wait()
        # What is called once a handler is done is called by the loop's next turn.
        await asyncio.sleep(0)
        assert peer.protocol._request_futures == {}
