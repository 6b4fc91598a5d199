"""JSON-RPC as both hops speak it: pygls, made strict and silent about what it carries."""

import asyncio
import contextlib
import functools
import logging
import threading
import traceback
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs
import cattrs
from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.io_ import run_async
from pygls.protocol import JsonRPCProtocol, default_converter
from pygls.server import JsonRPCServer

from phi_sidecar import errors
from phi_sidecar.errors import PhiSidecarError, RuntimeFailed
from phi_sidecar.generated.methods import METHODS, Method
from phi_sidecar.generated.protocol import ErrorCode
from phi_sidecar.wire import DoesNotFit, add_protocol_types, check

if TYPE_CHECKING:
    from pygls.io_ import AsyncReader

P = TypeVar("P")
R = TypeVar("R")
Handler = Callable[..., Awaitable[R]]

log = logging.getLogger(__name__)


def converter() -> cattrs.Converter:
    """Return pygls' converter, which also knows our types."""
    return add_protocol_types(default_converter())  # type: ignore[no-untyped-call]


def silence_pygls() -> None:
    """Keep pygls from logging messages: it writes whole bodies, which hold the user's code."""
    logging.getLogger("pygls").setLevel(logging.CRITICAL + 1)


class StrictMessages(JsonRPCProtocol):
    """Checks what comes in against the schema, and answers by id what does not fit."""

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401
        """Make a message of decoded JSON; None for one that was refused here."""
        if "jsonrpc" not in data:
            return data
        if "method" not in data:
            return self._structure_response(data)
        method = data["method"]
        try:
            if (ours := METHODS.get(method)) is not None:
                check(data.setdefault("params", {}), ours.params)
            return super().structure_message(data)
        except DoesNotFit as error:
            self._refuse(data, str(error))
        except JsonRpcException:
            self._refuse(data, "params do not fit the method's schema")
        return None

    def _structure_response(self, data: dict[str, Any]) -> Any:  # noqa: ANN401
        """Make a response of decoded JSON; one that fits no type must not leave a waiter behind."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            future = self._request_futures.pop(data["id"], None)
            if future is not None and not future.done():
                future.set_exception(error)
            return None

    def handle_message(self, message: Any) -> None:  # noqa: ANN401
        """Pass a message on, unless it was refused."""
        if message is not None:
            super().handle_message(message)

    def _execute_handler(
        self,
        msg_id: str | int,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Run a handler, and forget it when it is done.

        pygls keeps what became of each notification for ever, which is every key that is pressed.
        """

        def done(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, done, args, kwargs)

    def _handle_cancel_notification(self, msg_id: str | int) -> None:
        """Cancel a request's handler, once it has begun.

        Read in one go with its request, the cancel would end a handler that never ran, and could
        not answer in its own way.
        """
        asyncio.get_running_loop().call_soon(super()._handle_cancel_notification, msg_id)

    def get_message_type(self, method: str) -> type[Any] | None:
        """Return the shape of a method's message."""
        # Without LSP's own types, `$/progress` would come as an untyped object.
        return _message_type(method) or lsp.METHOD_TO_TYPES.get(method, (None,))[0]

    def get_result_type(self, method: str) -> type[Any] | None:
        """Return the shape of a method's response."""
        return _response_type(method) or lsp.METHOD_TO_TYPES.get(method, (None, None))[1]

    def _refuse(self, data: dict[str, Any], why: str) -> None:
        log.warning("refused %s: %s", data["method"], why)
        if "id" in data:
            error = JsonRpcInvalidParams(why).to_response_error()
            self._send_response(data["id"], error=error)


class Peer(JsonRPCServer):
    """One side of a connection between a sidecar and a worker."""

    def __init__(self) -> None:
        super().__init__(StrictMessages, converter)

    def report_server_error(self, error: Exception, source: object) -> None:
        """Log where it came from; pygls would log what it was about."""
        log_handler_error(error)


def translated(handler: Handler[R]) -> Handler[R]:
    """Turn our errors into JSON-RPC's on the way out; anything else is logged without values."""

    @functools.wraps(handler)
    async def wrapper(*args: Any, **kwargs: Any) -> R:  # noqa: ANN401
        try:
            return await handler(*args, **kwargs)
        except (asyncio.CancelledError, JsonRpcException):
            raise
        except PhiSidecarError as error:
            raise to_json_rpc(error) from None
        except Exception as error:  # noqa: BLE001 (the last one who can)
            log_unexpected(handler.__name__, error)
            raise JsonRpcInternalError(f"{type(error).__name__} in {handler.__name__}") from None

    return wrapper


def to_json_rpc(error: PhiSidecarError) -> JsonRpcException:
    """Return the error as it goes over the wire."""
    return JsonRpcException(str(error), code=int(error.code), data={"remedy": error.remedy})


def from_json_rpc(error: JsonRpcException) -> PhiSidecarError:
    """Return our error that came over the wire."""
    if error.code not in _ERRORS:
        return RuntimeFailed(f"The worker answered: {error.message}")
    data = error.data
    remedy = data.get("remedy") if isinstance(data, dict) else getattr(data, "remedy", None)
    return _ERRORS[ErrorCode(error.code)](str(error.message), remedy=remedy)


async def read_messages(
    protocol: JsonRPCProtocol, reader: "AsyncReader", stop: threading.Event
) -> None:
    """Handle what comes in until the other side goes or `stop` is set."""
    # Gone in the middle of a message is the same as gone.
    with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
        await run_async(
            stop_event=stop,
            reader=reader,
            protocol=protocol,
            error_handler=lambda error, _: log_unexpected("a message", error),
        )


def log_handler_error(error: Exception) -> None:
    """Log an error that a handler ended with, unless it is an answer that was given on purpose."""
    deliberate = isinstance(error, JsonRpcException)
    if not deliberate or isinstance(error, JsonRpcInternalError):
        log_unexpected("a handler", error)


def log_unexpected(where: str, error: BaseException) -> None:
    """Log where an error came from, without its message, which may quote the user's code."""
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("unexpected %s in %s\n%s", type(error).__name__, where, frames)


_ERRORS = {
    error.code: error
    for error in vars(errors).values()
    if isinstance(error, type) and issubclass(error, PhiSidecarError) and hasattr(error, "code")
}


@functools.cache
def _message_type(method: str) -> type[Any] | None:
    """Return the attrs class that pygls structures a method's message into; None if not ours."""
    if (ours := METHODS.get(method)) is None:
        return None
    fields = {"method": str, "params": ours.params}
    return (
        _attrs_class("Request", id=str | int, **fields)
        if ours.result
        else _attrs_class("Notification", **fields)
    )


@functools.cache
def _response_type(method: str) -> type[Any] | None:
    ours = METHODS.get(method)
    if ours is None or ours.result is None:
        return None
    return _attrs_class("Response", id=str | int, result=ours.result)


def _attrs_class(name: str, **fields: Any) -> type[Any]:  # noqa: ANN401 (a type, or a union of some)
    # No defaults: pygls' converter leaves out what equals its default, "jsonrpc" included.
    fields = {**fields, "jsonrpc": str}
    return attrs.make_class(name, {key: attrs.field(type=type) for key, type in fields.items()})


async def request(protocol: JsonRPCProtocol, method: Method[P, R, object], params: P) -> R:
    """Send a request and wait; a cancel is told to the other side.

    Raises:
        PhiSidecarError: the other side answered with an error.
    """
    sent = Sent(protocol, method, params)
    try:
        return await sent.result()
    except asyncio.CancelledError:
        sent.cancel()
        sent.forget()
        raise


class Sent(Generic[R]):
    """A request under way on a connection."""

    def __init__(self, protocol: JsonRPCProtocol, method: Method[P, R, object], params: P) -> None:
        self.id = str(uuid.uuid4())
        self._protocol = protocol
        self._future = protocol.send_request(method.name, params, msg_id=self.id)

    async def result(self) -> R:
        """Wait for the response; giving up the wait does not give up the request."""
        try:
            result: R = await asyncio.shield(asyncio.wrap_future(self._future))
        except JsonRpcException as error:
            raise from_json_rpc(error) from None
        return result

    def on_end(self, call: Callable[[], object]) -> None:
        """Have something called in the event loop once the response, or none any more, comes."""
        loop = asyncio.get_running_loop()
        self._future.add_done_callback(lambda _: loop.call_soon_threadsafe(call))

    def cancel(self) -> None:
        """Tell the other side to stop; its response still comes."""
        if not self._future.done():
            self._protocol.notify(lsp.CANCEL_REQUEST, lsp.CancelParams(id=self.id))

    def forget(self) -> None:
        """Take no response any more."""
        self._protocol._request_futures.pop(self.id, None)
