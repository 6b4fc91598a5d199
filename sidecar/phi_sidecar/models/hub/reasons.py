"""Why the hub could not be used, in words for people."""

import os
import ssl

from phi_sidecar.errors import PreparationFailed
from phi_sidecar.models.hub.job import Failed, Job
from phi_sidecar.models.hub.library import (
    ConnectError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HTTPError,
    OfflineModeIsEnabled,
    ProxyError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    TimeoutException,
)
from phi_sidecar.models.hub.listing import Unusable
from phi_sidecar.models.hub.transfer import WrongContent
from phi_sidecar.provision.failures import from_os_error

_KEPT = "what was downloaded is kept"
_SIGN_IN = "sign in to the hub (`hf auth login`, or the variable HF_TOKEN)"


def failed(job: Job, error: Exception) -> Failed:
    """Say what went wrong, and what the person can do about it."""
    match error:
        case PreparationFailed():
            return Failed(str(error).removesuffix("."), error.remedy)
        case GatedRepoError():
            return Failed(
                f"{job.repository} asks for its terms to be accepted",
                f"Accept them on the repository's page, {_SIGN_IN}, and try again.",
            )
        case RepositoryNotFoundError():
            return Failed(
                f"the hub has no repository {job.repository}, or does not show it to you",
                f"If it is private, {_SIGN_IN}; else check HF_ENDPOINT, or update Phi Sidecar.",
            )
        case RevisionNotFoundError():
            return Failed(
                f"{job.repository} no longer has the revision {job.revision}",
                "Update Phi Sidecar, whose catalog names it.",
            )
        case EntryNotFoundError():
            return Failed(
                f"{job.repository} no longer has one of its files",
                "Try again; if it stays, update Phi Sidecar.",
            )
        case HfHubHTTPError():
            return _answered(error.response.status_code)
        case OfflineModeIsEnabled():
            return _offline(job)
        case WrongContent():
            return Failed(
                f"{error} came twice, and neither time as the hub announced it (its hash differs)",
                "Try again later; if it stays, a proxy or the hub in HF_ENDPOINT alters files.",
            )
        case Unusable():
            return Failed(str(error), "Update Phi Sidecar, whose catalog names it.")
        case HTTPError() | ssl.SSLError():
            return _unreachable(error)
        case OSError():
            told = from_os_error("", error)
            return Failed(str(told).removeprefix(": ").removesuffix("."), told.remedy)
        case ValueError():
            # A page where the hub's answer should be.
            return Failed(
                "what answered is not a model hub",
                "Sign in to the network if it has a page for that, and check HF_ENDPOINT.",
            )
    return Failed(
        f"{type(error).__name__}: {error}"[:300],
        "Run 'phi-sidecar doctor' and report what it prints.",
    )


def _offline(job: Job) -> Failed:
    # The hub's client takes either.
    name = "HF_HUB_OFFLINE" if os.environ.get("HF_HUB_OFFLINE") else "TRANSFORMERS_OFFLINE"
    if job.folder is None:
        return Failed(f"{name} is set", f"Unset {name} and try again.")
    return Failed(
        f"{name} is set, and your own cache of the hub does not hold the model",
        f"Unset {name} while it is fetched.",
    )


def _answered(status: int) -> Failed:
    if status in (401, 403):
        return Failed("the hub refused access", f"Check how you {_SIGN_IN}, and try again.")
    if status == 429:
        return Failed(
            "the hub answers no more requests from here for a while",
            f"Try again in some minutes; {_KEPT}. Who is signed in may ask more often.",
        )
    if status >= 500:
        return Failed("the hub has trouble of its own", f"Try again later; {_KEPT}.")
    return Failed(f"the hub answered with {status}", f"Check HF_ENDPOINT and try again; {_KEPT}.")


def _unreachable(error: Exception) -> Failed:
    text = str(error).lower()
    if isinstance(error, ProxyError):
        return Failed(
            "the proxy refused the connection", "Check the proxy in HTTPS_PROXY and try again."
        )
    if isinstance(error, ssl.SSLError) or "certificate" in text or "ssl" in text:
        return Failed(
            "the hub's certificate could not be verified",
            "Where a company inspects traffic, its certificate must be among the system's.",
        )
    if isinstance(error, ConnectError) and any(
        word in text for word in ("name or service", "name resolution", "getaddrinfo", "nodename")
    ):
        return Failed(
            "the hub was not found on the network (no connection, or DNS does not answer)",
            f"Connect to the internet and try again; {_KEPT}.",
        )
    if isinstance(error, TimeoutException):
        return Failed("the hub did not answer", f"Check the connection and try again; {_KEPT}.")
    return Failed(
        "the hub could not be reached", f"Check the internet connection and try again; {_KEPT}."
    )
