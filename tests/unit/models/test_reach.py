"""Whether a model hub may be reached."""

import socket
from types import SimpleNamespace

import psutil
import pytest
from phi_sidecar.models.hub.reach import may_be_reached

LOOPBACK = (socket.AF_INET, "127.0.0.1")
HOME = (socket.AF_INET, "192.168.1.7")


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def connected(monkeypatch):
    """Connect this machine by some addresses, through a cable that is plugged in or not."""

    def connect(*addresses, plugged=True):
        told = [SimpleNamespace(family=family, address=at) for family, at in addresses]
        monkeypatch.setattr(psutil, "net_if_addrs", lambda: {"eth0": told})
        states = {"eth0": SimpleNamespace(isup=plugged)}
        monkeypatch.setattr(psutil, "net_if_stats", lambda: states)

    return connect


@pytest.mark.parametrize("address", [HOME, (socket.AF_INET6, "2001:db8::7%eth0")])
def test_through_any_network_that_is_connected(connected, address):
    connected(LOOPBACK, address)
    assert may_be_reached()


@pytest.mark.parametrize(
    "address",
    [
        (socket.AF_INET, "169.254.3.4"),
        (socket.AF_INET6, "fe80::1%eth0"),
        (socket.AF_INET6, "::1"),
        (psutil.AF_LINK, "02:fc:00:00:00:01"),
    ],
)
def test_not_through_addresses_that_lead_nowhere(connected, address):
    connected(LOOPBACK, address)
    assert not may_be_reached()


def test_not_through_a_cable_that_is_not_plugged_in(connected):
    connected(HOME, plugged=False)
    assert not may_be_reached()


def test_not_where_the_person_forbids_it(connected, monkeypatch):
    connected(HOME)
    for value, reached in (("1", False), ("yes", False), ("0", True)):
        monkeypatch.setenv("HF_HUB_OFFLINE", value)
        assert may_be_reached() is reached


def test_one_on_this_machine_needs_no_network(connected, monkeypatch):
    connected(LOOPBACK)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:8000")
    assert may_be_reached()
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.com")
    assert not may_be_reached()


def test_an_address_of_the_hub_that_is_none_is_no_reason_to_fail(connected, monkeypatch):
    connected(HOME)
    monkeypatch.setenv("HF_ENDPOINT", "http://[hub")
    assert may_be_reached()
