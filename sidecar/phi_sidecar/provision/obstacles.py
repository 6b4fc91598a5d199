"""Say before anything is fetched what stands against an environment, or is asked for it."""

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.provision.plan import Plan
from phi_sidecar.provision.recipes import Recipe
from phi_sidecar.provision.target import this_machine


def obstacle_to(recipe: Recipe, plan: Plan) -> PreparationFailed | None:
    """Tell what stands against making an environment on this machine, or None."""
    absent = [pin.name for pin in plan.unavailable]
    absent += [
        pin.name for pin in plan.built if recipe.build is None or recipe.build.package != pin.name
    ]
    if absent:
        here = this_machine()
        return PreparationFailed(
            f"{recipe.title[:1].upper()}{recipe.title[1:]} cannot be set up with this Python:"
            f" there is no build of {', '.join(absent)} for {here.tag} on {here.platform}.",
            remedy="Choose a Python 3.11 or 3.12 for 64-bit x86 in the settings"
            " (Windows on ARM runs it too).",
        )
    return recipe.build.obstacle() if recipe.build is not None and plan.built else None


def note_on(plan: Plan) -> str | None:
    """Tell what making an environment asks of the person's pip, or None."""
    cpu_builds = [f"{pin.name} {pin.version}" for pin in plan.pins if pin.version.endswith("+cpu")]
    if not cpu_builds:
        return None
    return (
        f"{', '.join(cpu_builds)} is on PyTorch's own package index alone: pip must know the CPU"
        " index that the page 'Get started' of PyTorch names"
        " (pip config set global.extra-index-url ADDRESS)."
    )
