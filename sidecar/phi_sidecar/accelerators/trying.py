"""Have a model tried in a process of the runtime's environment, before it is accepted."""

import asyncio
import json
from pathlib import Path

from phi_sidecar.accelerators.registry import Backends
from phi_sidecar.accelerators.trial import Trial, argument, carries_on
from phi_sidecar.errors import PreparationFailed
from phi_sidecar.generated.protocol import StepProgress
from phi_sidecar.models.forms.found import Found
from phi_sidecar.progress import Report
from phi_sidecar.provision import process
from phi_sidecar.provision.environments import Environments
from phi_sidecar.provision.failures import last_words
from phi_sidecar.provision.interpreter import module_command, own_python

_MODULE = "phi_sidecar.accelerators.trial"
_TIMEOUT_S = 900.0
"""For the largest models on the slowest disks: it only ends what hangs."""

_QUOTED_CHARACTERS = 80


class Trials:
    """Tries models with the backends that are installed."""

    def __init__(self, backends: Backends, environments: Environments) -> None:
        self._backends = backends
        self._environments = environments

    def environment(self, accelerator: str) -> str | None:
        """Return the runtime environment that trying on an accelerator takes, if any."""
        registered, _ = self._backends.of(accelerator)
        return registered.backend.environment

    async def __call__(self, found: Found, accelerator: str, work: Path, report: Report) -> None:
        """Load a model on an accelerator and have it carry on a text.

        Args:
            found: the model.
            accelerator: its id.
            work: a folder for what the runtime writes.
            report: told what is being done.

        Raises:
            PreparationFailed: it cannot be loaded, or does not work.
        """
        registered, device = self._backends.of(accelerator)
        environment = registered.backend.environment
        python = own_python()
        if environment is not None:
            python = await self._environments.prepare(environment, report)
        report(StepProgress(step="Trying the result"))
        trial = Trial(
            model=str(found.path),
            device=device,
            quantization=found.quantization,
            context_window=found.context_window,
            cache=str(work / "compiled"),
        )
        command = module_command(python, _MODULE, registered.target, argument(trial))
        try:
            async with asyncio.timeout(_TIMEOUT_S):
                ended = await process.run(command.argv, env=command.env, cwd=work)
        except TimeoutError:
            raise _does_not_work(f"it did not answer within {_TIMEOUT_S:.0f} s") from None
        if ended.code != 0 or not ended.stdout:
            said = last_words(ended.said)
            raise _does_not_work(f"its runtime ended with code {ended.code}: {said}")
        _judge(ended.stdout[-1])


def _judge(line: str) -> None:
    try:
        told = json.loads(line)
    except ValueError:
        raise _does_not_work("its runtime gave an answer that cannot be read") from None
    if "reason" in told:
        raise _does_not_work(told["reason"], told["remedy"])
    if not carries_on(told["text"]):
        said = told["text"].strip()[:_QUOTED_CHARACTERS]
        raise _does_not_work(f"it answers with what makes no sense: {said!r}")


def _does_not_work(why: str, remedy: str | None = None) -> PreparationFailed:
    return PreparationFailed(
        f"The model was made, but does not work: {why.rstrip('.')}.",
        remedy=remedy
        or "Try again; if it stays, choose another quantization, or a model that is"
        " offered ready-made.",
    )
