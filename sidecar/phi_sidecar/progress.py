"""How long work tells how far it has come."""

from collections.abc import Callable

from phi_sidecar.generated.protocol import StepProgress

Report = Callable[[StepProgress], None]
"""Called as often as the work likes; whoever shows it thins it out."""


def ignore(progress: StepProgress) -> None:
    """Show nothing."""
