"""The sidecar's side of fetching from a hub: starts the agent and hears what it tells."""

from collections.abc import Callable, Mapping

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models.catalog import HubSource
from phi_sidecar.models.hub.job import (
    FIRST_WAIT_S,
    Arrived,
    Checking,
    Done,
    Failed,
    Job,
    Listed,
    Told,
    Waiting,
    read_told,
    write_job,
)
from phi_sidecar.models.making import Making
from phi_sidecar.models.pace import Pace
from phi_sidecar.progress import Report
from phi_sidecar.provision import process
from phi_sidecar.provision.failures import last_words
from phi_sidecar.provision.interpreter import module_command, own_python

_AGENT = "phi_sidecar.models.hub.agent"

_OURS = {
    # Nobody is told who uses what.
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # The other way to download has a cache of its own and cannot be resumed here.
    "HF_HUB_DISABLE_XET": "1",
}


async def fetch_from_hub(
    source: HubSource, revision: str, making: Making, report: Report, clock: Callable[[], float]
) -> Done:
    """Fetch a build's files into `making.downloads`, where `whole_in` says.

    A cancel ends it at once; what arrived is kept, and the next attempt goes on from there.

    Raises:
        PreparationFailed: they cannot be had.
    """
    job = _job(source, revision, str(making.downloads))
    hearing = _Hearing(making.title, report, Pace(clock))
    told = await _run(job, f"Fetching {making.title} failed", hearing.hear)
    assert isinstance(told, Done)
    return told


async def look_up(source: HubSource) -> Listed:
    """Ask the hub which of a build's files there are.

    Raises:
        PreparationFailed: it does not tell, or there are none.
    """
    told = await _run(_job(source, source.revision, None), "Asking the hub failed", lambda _: None)
    assert isinstance(told, Listed)
    return told


def _job(source: HubSource, revision: str, folder: str | None) -> Job:
    return Job(
        repository=source.repository,
        revision=revision,
        subfolder=source.subfolder,
        files=source.files,
        folder=folder,
        first_wait_s=FIRST_WAIT_S,
    )


async def _run(job: Job, what: str, hear: Callable[[Told], None]) -> Told:
    last: list[Told] = []

    def on_line(line: str) -> None:
        told = read_told(line)
        if told is not None:
            last[:] = [told]
            hear(told)

    command = module_command(own_python(), _AGENT, write_job(job))
    env: Mapping[str, str] = {**command.env, **_OURS}
    ended = await process.run(command.argv, env=env, on_line=on_line)
    match last:
        case [Done() | Listed() as told] if ended.code == 0:
            return told
        case [Failed(reason, remedy)]:
            raise PreparationFailed(f"{what}: {reason}.", remedy=remedy)
    raise PreparationFailed(f"{what}: {last_words(ended.said)}")


class _Hearing:
    """Turns what the agent tells into steps for people."""

    def __init__(self, title: str, report: Report, pace: Pace) -> None:
        self._title = title
        self._report = report
        self._pace = pace
        self._total = 0
        self._done = 0

    def hear(self, told: Told) -> None:
        match told:
            case Listed():
                self._total = sum(told.sizes.values())
                self._tell(f"Downloading {self._title}", None)
            case Checking():
                self._report(StepProgress(step=f"Checking what there is of {self._title}"))
            case Arrived():
                self._done = told.bytes
                left_s = self._pace.seconds_left(self._done, self._total)
                self._tell(f"Downloading {self._title}", left_s)
            case Waiting():
                self._tell(f"Downloading {self._title}: {told.reason}, trying again", None)

    def _tell(self, step: str, seconds_left: float | None) -> None:
        self._report(
            StepProgress(
                step=step,
                bytes_done=self._done,
                bytes_total=self._total or None,
                seconds_left=seconds_left,
            )
        )
