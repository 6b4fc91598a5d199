"""From a selection to a model that answers: environment, weights, worker, load, warm-up."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from phi_sidecar.accelerators.context_room import ContextRoom
from phi_sidecar.accelerators.demand import NOTHING, Demand
from phi_sidecar.accelerators.selection import Selection
from phi_sidecar.accelerators.speeds import Ran
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.engine import room
from phi_sidecar.engine.installation import NO_MODEL, Installation
from phi_sidecar.engine.launcher import WorkerSpec, is_running
from phi_sidecar.engine.worker_client import WorkerClient
from phi_sidecar.errors import AcceleratorUnusable, ModelDamaged, WorkerDied
from phi_sidecar.generated.protocol import LoadResult, ModelInfo, Phase, StepProgress
from phi_sidecar.models.catalog import CatalogModel, Chosen, CompletionStyle
from phi_sidecar.models.store import ModelState
from phi_sidecar.progress import Report
from phi_sidecar.provision.interpreter import own_python

NO_MODEL_CONTEXT_WINDOW = 4096

BACKEND_OPTIONS_VARIABLE = "PHI_SIDECAR_BACKEND_OPTIONS"
"""JSON object of strings, handed to the runtime as it is: for diagnosis and tests."""


@dataclass(frozen=True)
class ActiveModel:
    """A model that answers, and the connection to it.

    Attributes:
        takes: of which memory how much.
        context: how long it was meant to be able to read; a worker that was there keeps its own.
        way: in which it is asked to complete code, if one was chosen for it here.
    """

    selection: Selection
    accelerator_name: str
    chosen: Chosen | None
    client: WorkerClient
    loaded: LoadResult
    takes: Demand = NOTHING
    context: ContextRoom | None = None
    way: str | None = None

    @property
    def model(self) -> CatalogModel | None:
        """What answers; None where the backend needs none."""
        return None if self.chosen is None else self.chosen.model

    @property
    def info(self) -> ModelInfo:
        """What clients are told of the model."""
        return NO_MODEL if self.chosen is None else self.chosen.info

    @property
    def ran(self) -> Ran:
        """Under what its speed is kept."""
        return Ran(self.selection.accelerator, self.info.id, self.info.quantization)

    @property
    def frequency_penalty(self) -> float:
        """What keeps the model's answers in a chat from going round in circles."""
        return 0.0 if self.model is None else self.model.family.frequency_penalty

    @property
    def completion_style(self) -> CompletionStyle:
        """How the model is asked to complete code."""
        if self.model is None:
            return CompletionStyle.CONTINUATION
        return self.model.family.completion


@dataclass(frozen=True)
class Reporter:
    """Where an activation tells what it is doing."""

    phase: Callable[[Phase], None]
    progress: Report


MakeRoom = Callable[[Demand], Awaitable[None]]
"""Called before a load with the memory that it takes: the moment to let go of another."""


@dataclass(frozen=True)
class Prepared:
    """Everything that a worker needs is on this machine.

    Attributes:
        chosen: the model, and in which form; None where the backend needs none.
        takes: of which memory how much.
        context: the room for what it reads and writes; None where there is no model.
    """

    chosen: Chosen | None
    spec: WorkerSpec
    takes: Demand = NOTHING
    context: ContextRoom | None = None

    def within(self, left_bytes: int) -> "Prepared":
        """Cut the context to what is left of the machine's memory; a card has its own."""
        if self.chosen is None or self.context is None or self.takes.card is not None:
            return self
        return self._with(self.context.within(left_bytes - self.chosen.build.memory_bytes))

    def alone(self, context_tokens: int) -> "Prepared":
        """Cut the context to a length, in a worker that no other window finds."""
        cut = replace(self, spec=replace(self.spec, alone=True))
        return cut if self.context is None else cut._with(self.context.at_most(context_tokens))

    def _with(self, context: ContextRoom) -> "Prepared":
        if self.chosen is None or context == self.context:
            return self
        load = replace(
            self.spec.load,
            context_window=min(self.spec.load.context_window, context.tokens),
            kv_cache_bytes=context.bytes,
        )
        takes = replace(self.takes, bytes=self.chosen.build.memory_bytes + context.bytes)
        return Prepared(self.chosen, replace(self.spec, load=load), takes, context)


async def activate(
    installation: Installation,
    selection: Selection,
    reporter: Reporter,
    make_room: MakeRoom,
    *,
    alone_tokens: int | None = None,
) -> ActiveModel:
    """Prepare what is missing, start or find the worker, and load.

    A cancel ends the work; what was downloaded stays for the next time.

    Args:
        installation: what is prepared.
        selection: what is wanted.
        reporter: told each step.
        make_room: called before a load with what it takes.
        alone_tokens: a worker that has to be started gets a context of so many tokens at most, and
            no other window finds it.

    Raises:
        UnknownAccelerator: no backend offers it.
        AcceleratorUnusable: something of it is missing, and would be of no use here.
        PreparationFailed: its environment or its model could not be made.
        PhiSidecarError: the worker could not be started, or could not load.
    """

    async def fit(prepared: Prepared) -> Prepared:
        """Make room for a worker that has to be started, and cut what there is none for."""
        if is_running(prepared.spec, installation.paths):
            return prepared
        if alone_tokens is not None:
            prepared = prepared.alone(alone_tokens)
        if prepared.chosen is None:
            return prepared
        await make_room(prepared.takes)
        return prepared.within(await asyncio.to_thread(room.left_bytes))

    async def load() -> ActiveModel:
        if not await asyncio.to_thread(_is_all_here, installation, selection):
            # Nothing is fetched for an accelerator that cannot be used.
            await installation.require_usable(selection)
        prepared = await fit(await prepare(installation, selection, reporter))
        chosen = prepared.chosen
        try:
            client, loaded = await _reach_and_load(prepared.spec, installation, reporter)
        except (AcceleratorUnusable, ModelDamaged):
            if chosen is None:
                raise
            if await installation.models.verify(chosen.model, chosen.build) is ModelState.READY:
                raise
            # Its files were changed since they were checked: fetch them anew, once.
            prepared = await fit(await prepare(installation, selection, reporter))
            client, loaded = await _reach_and_load(prepared.spec, installation, reporter)
        if chosen is not None:
            installation.models.note_use(chosen.model, chosen.build)
        info = NO_MODEL if chosen is None else chosen.info
        return ActiveModel(
            selection=selection,
            accelerator_name=installation.name_of(selection.accelerator),
            chosen=chosen,
            client=client,
            loaded=loaded,
            takes=prepared.takes,
            context=prepared.context,
            way=await asyncio.to_thread(installation.ways.of, info.id, info.quantization),
        )

    try:
        return await load()
    except WorkerDied:
        # It may have been on its way out when it was found: leaving, or killed a moment ago.
        return await load()


async def prepare(installation: Installation, selection: Selection, reporter: Reporter) -> Prepared:
    """Make what is missing of a selection's runtime and model, and load nothing.

    Raises:
        UnknownAccelerator: no backend offers it.
        PreparationFailed: its environment or its model could not be made.
    """
    registered, device = installation.backends.of(selection.accelerator)
    backend = registered.backend
    python = own_python()
    if backend.environment is not None:
        ready = installation.environments.python(backend.environment)
        if ready is None:
            reporter.phase(Phase.preparing)
            ready = await installation.environments.prepare(backend.environment, reporter.progress)
            installation.inventory.forget()
        python = ready
    chosen = installation.model_of(selection)
    weights = None
    if chosen is not None:
        # A person's own folder may lie on a drive that answers late.
        find = installation.models.find
        weights = await asyncio.to_thread(find, chosen.model, chosen.build)
        if weights is None:
            reporter.phase(Phase.preparing)
            weights = await installation.models.prepare(
                chosen.model, chosen.build, reporter.progress
            )
    compiled = installation.paths.cache / "compiled" / NO_MODEL.id
    window, context, takes = NO_MODEL_CONTEXT_WINDOW, None, NOTHING
    if chosen is not None:
        context, takes = await installation.needs(selection.accelerator, chosen)
        # What a backend limits of itself it may be told otherwise, for diagnosis.
        limited = installation.kind_of(selection.accelerator).most_tokens is not None
        window = chosen.model.context_window if limited else context.tokens
        # The model's own, so that it is counted and removed with it.
        compiled = installation.models.compiled(chosen.model, chosen.build)
    spec = WorkerSpec(
        backend=registered.target,
        python=python,
        load=LoadSpec(
            model=weights,
            device=device,
            quantization=chosen.quantization if chosen else NO_MODEL.quantization,
            context_window=window,
            cache=compiled / backend.id,
            kv_cache_bytes=context.bytes if context else 0,
            backend_options=_backend_options(),
        ),
    )
    return Prepared(chosen, spec, takes, context)


def _is_all_here(installation: Installation, selection: Selection) -> bool:
    backend = installation.backends.of(selection.accelerator)[0].backend
    runtime = backend.environment
    if runtime is not None and installation.environments.python(runtime) is None:
        return False
    chosen = installation.model_of(selection)
    return chosen is None or installation.models.find(chosen.model, chosen.build) is not None


async def _reach_and_load(
    spec: WorkerSpec, installation: Installation, reporter: Reporter
) -> tuple[WorkerClient, LoadResult]:
    reporter.phase(Phase.loading)
    client = await WorkerClient.connect(spec, installation.paths, reporter.progress)
    reporter.progress(StepProgress(step="Loading the model"))
    try:
        return client, await client.load(reporter.progress)
    except BaseException:
        await client.abandon()
        raise


def _backend_options() -> dict[str, str]:
    text = os.environ.get(BACKEND_OPTIONS_VARIABLE)
    if not text:
        return {}
    try:
        options = json.loads(text)
        return {str(key): str(value) for key, value in options.items()}
    except (ValueError, AttributeError):
        raise AcceleratorUnusable(
            f"The environment variable {BACKEND_OPTIONS_VARIABLE} is not a JSON object.",
            remedy="Correct it or unset it, then restart.",
        ) from None
