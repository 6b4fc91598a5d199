"""The hub's client library, as the agent uses it. Imported by the agent's process alone."""

import importlib
import sys
from types import ModuleType

from phi_sidecar import __version__


def _no_yaml(*_: object, **__: object) -> str:
    raise NotImplementedError("no yaml is carried along")


def _stand_in_for_yaml() -> None:
    """Let the library be imported where there is no yaml.

    It writes the headers of model cards with it, which is never done here, and yaml has no wheel
    that fits every Python.
    """
    try:
        importlib.import_module("yaml")
    except ImportError:
        yaml = ModuleType("yaml")
        yaml.__dict__["dump"] = _no_yaml
        sys.modules["yaml"] = yaml


_stand_in_for_yaml()

from httpx2 import (  # noqa: E402
    ConnectError,
    HTTPError,
    ProxyError,
    TimeoutException,
    TransportError,
)
from huggingface_hub import (  # noqa: E402
    HfApi,
    constants,
    get_session,
    hf_hub_url,
    snapshot_download,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (  # noqa: E402
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # exported, but lazily # noqa: E402
    build_hf_headers,
    hf_raise_for_status,
)

CLIENT_NAME = "phi-sidecar"
CLIENT_VERSION = __version__
"""How requests introduce themselves."""

__all__ = [
    "CLIENT_NAME",
    "CLIENT_VERSION",
    "ConnectError",
    "EntryNotFoundError",
    "GatedRepoError",
    "HTTPError",
    "HfApi",
    "HfHubHTTPError",
    "LocalEntryNotFoundError",
    "OfflineModeIsEnabled",
    "ProxyError",
    "RepositoryNotFoundError",
    "RevisionNotFoundError",
    "TimeoutException",
    "TransportError",
    "build_hf_headers",
    "constants",
    "get_session",
    "hf_hub_url",
    "hf_raise_for_status",
    "snapshot_download",
    "try_to_load_from_cache",
]
