"""What the client says of its settings."""

import logging

from phi_sidecar.generated.protocol import InitializationOptions, SidecarSettings
from phi_sidecar.wire import DoesNotFit, structure

log = logging.getLogger(__name__)

SECTION = "phiSidecar"


def initialization_options(raw: object) -> InitializationOptions:
    """Read what came with `initialize`; what does not fit counts as not said."""
    said = raw if isinstance(raw, dict) else {}
    return InitializationOptions(
        own_inline_completion=said.get("ownInlineCompletion") is True,
        settings=_fitting(said["settings"]) if isinstance(said.get("settings"), dict) else None,
    )


def settings_of(raw: object) -> SidecarSettings | None:
    """Read the settings of `workspace/didChangeConfiguration`; None if they are not ours."""
    section = raw.get(SECTION) if isinstance(raw, dict) else None
    return _fitting(section) if isinstance(section, dict) else None


def _fitting(section: dict[str, object]) -> SidecarSettings:
    """Take every setting that fits: one that does not must not undo an exclusion beside it."""
    kept: dict[str, object] = {}
    for name, value in section.items():
        try:
            structure({name: value}, SidecarSettings)
        except DoesNotFit as error:
            log.warning("the setting %s is not taken: %s", name, error)
        else:
            kept[name] = value
    return structure(kept, SidecarSettings)
