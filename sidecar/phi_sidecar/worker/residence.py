"""The one model that a worker holds: loaded once, warmed up, shared by every client."""

import asyncio
import time
from collections.abc import Callable

from phi_sidecar.backends.base import Backend, GenerateRequest, LoadedModel, LoadSpec
from phi_sidecar.errors import NotReady
from phi_sidecar.generated.protocol import Lane, LoadResult, RawPrompt, Sampling
from phi_sidecar.worker.scheduler import Done, Scheduler, Update

WARM_UP_PROMPT = "def main():\n    print("
WARM_UP_TOKENS = 4


class Residence:
    """Loads the model when it is first asked for, and schedules what is asked of it."""

    def __init__(self, backend: Backend, spec: LoadSpec, on_broken: Callable[[], None]) -> None:
        self._backend = backend
        self._spec = spec
        self._on_broken = on_broken
        self._loading: asyncio.Task[LoadResult] | None = None
        self._on_warm_up: list[Callable[[], None]] = []
        self._scheduler: Scheduler | None = None
        self._next_id = 0

    @property
    def scheduler(self) -> Scheduler:
        """The running scheduler.

        Raises:
            NotReady: nothing is loaded yet.
        """
        if self._scheduler is None:
            raise NotReady("The worker has not loaded its model yet.")
        return self._scheduler

    @property
    def loaded(self) -> bool:
        """Whether requests can be taken."""
        return self._scheduler is not None

    def new_id(self) -> int:
        """Return an id that no request has had."""
        self._next_id += 1
        return self._next_id

    async def load(self, on_warm_up: Callable[[], None]) -> LoadResult:
        """Load and warm up; whoever asks meanwhile waits for the same load.

        `on_warm_up` is called when the model is loaded, unless it already was.

        Raises:
            PhiSidecarError: it cannot be loaded; the next call tries anew.
        """
        if self._loading is None or (self._loading.done() and self._loading.exception()):
            self._loading = asyncio.create_task(self._load())
        self._on_warm_up.append(on_warm_up)
        try:
            # One client that goes away must not end the load that others wait for.
            return await asyncio.shield(self._loading)
        finally:
            self._on_warm_up.remove(on_warm_up)

    async def close(self) -> None:
        """Give the memory back."""
        if self._scheduler is not None:
            await asyncio.to_thread(self._scheduler.close)
            self._scheduler = None

    async def _load(self) -> LoadResult:
        began_s = time.perf_counter()
        model = await asyncio.to_thread(self._backend.load, self._spec)
        loaded_s = time.perf_counter()
        # Told before the first step, which may hold the interpreter's lock.
        for tell in list(self._on_warm_up):
            tell()
        scheduler = Scheduler(model, self._on_broken)
        try:
            await self._warm_up(scheduler)
        except BaseException:
            await asyncio.to_thread(scheduler.close)
            raise
        self._scheduler = scheduler
        return self._result(model, began_s, loaded_s)

    def _result(self, model: LoadedModel, began_s: float, loaded_s: float) -> LoadResult:
        return LoadResult(
            executing_device=model.executing_device,
            capabilities=model.capabilities,
            load_ms=(loaded_s - began_s) * 1000,
            warm_up_ms=(time.perf_counter() - loaded_s) * 1000,
        )

    async def _warm_up(self, scheduler: Scheduler) -> None:
        """Generate a little: the first inference allocates and compiles what later ones reuse."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()

        def finish(update: Update) -> None:
            if isinstance(update, Exception):
                done.set_exception(update)
            else:
                done.set_result(None)

        def sink(update: Update) -> None:
            if isinstance(update, Done | Exception):
                loop.call_soon_threadsafe(finish, update)

        request = GenerateRequest(
            id=self.new_id(),
            lane=Lane.completion,
            prompt=RawPrompt(kind="raw", text=WARM_UP_PROMPT),
            sampling=Sampling(max_new_tokens=WARM_UP_TOKENS),
        )
        scheduler.submit(request, sink)
        await done
