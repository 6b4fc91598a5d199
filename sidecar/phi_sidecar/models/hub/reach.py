"""Whether a model hub may be reached, without a word to any."""

import os
import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

_TRUE = {"1", "ON", "YES", "TRUE"}
"""What the hub's client takes for true."""


def may_be_reached() -> bool:
    """Tell whether asking a hub has any hope: it is not forbidden, and a network is connected."""
    forbidden = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    if forbidden.upper() in _TRUE:
        return False
    try:
        host = urlsplit(os.environ.get("HF_ENDPOINT", "")).hostname
    except ValueError:
        host = None  # What is wrong with it, the fetching tells.
    return (host is not None and _stays_here(host)) or _has_network()


def _has_network() -> bool:
    import psutil  # costs the sidecar's start too much

    states = psutil.net_if_stats()
    return any(
        name in states
        and states[name].isup
        and address.family in (socket.AF_INET, socket.AF_INET6)
        and not _stays_here(address.address)
        for name, addresses in psutil.net_if_addrs().items()
        for address in addresses
    )


def _stays_here(host: str) -> bool:
    """Tell whether an address leads nowhere beyond this machine and its cable."""
    if host == "localhost":
        return True
    try:
        # The interface is named behind a percent sign.
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_link_local
