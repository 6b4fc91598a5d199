import os
import stat
import sys

import pytest
from phi_sidecar.errors import NotAuthenticated
from phi_sidecar.worker import endpoint
from phi_sidecar.worker.endpoint import Endpoint

unix_only = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
HERE = Endpoint(address="/run/x.sock", secret="s" * 64, pid=7)


def test_what_was_written_is_read(tmp_path):
    file = tmp_path / "key.json"
    endpoint.write(file, HERE)
    assert endpoint.read(file) == HERE
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.json"]


def test_a_newer_worker_replaces_the_file(tmp_path):
    file = tmp_path / "key.json"
    endpoint.write(file, HERE)
    newer = Endpoint(address="/run/y.sock", secret="t", pid=8)
    endpoint.write(file, newer)
    assert endpoint.read(file) == newer


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"null",
        b"\xff\xfe",
        b'{"address": "a"}',
        b'{"address": "a", "secret": "s", "pid": 1, "more": 2}',
        b'{"address": 1, "secret": "s", "pid": 1}',
        b'{"address": "a", "secret": null, "pid": 1}',
        b'{"address": "a", "secret": "s", "pid": "1"}',
    ],
)
def test_what_makes_no_sense_counts_as_nothing(tmp_path, content):
    file = tmp_path / "key.json"
    file.write_bytes(content)
    file.chmod(0o600)
    assert endpoint.read(file) is None


def test_no_file_is_no_endpoint(tmp_path):
    assert endpoint.read(tmp_path / "key.json") is None


@unix_only
def test_the_secret_can_be_read_by_the_user_alone(tmp_path):
    file = tmp_path / "key.json"
    mask = os.umask(0)
    try:
        endpoint.write(file, HERE)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@unix_only
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_a_file_that_is_open_to_others_is_not_trusted(tmp_path, mode):
    file = tmp_path / "key.json"
    endpoint.write(file, HERE)
    file.chmod(mode)
    with pytest.raises(NotAuthenticated, match="read by others") as refused:
        endpoint.read(file)
    assert str(file) in refused.value.remedy


@unix_only
def test_a_file_of_somebody_else_is_not_trusted(tmp_path, monkeypatch):
    file = tmp_path / "key.json"
    endpoint.write(file, HERE)
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    with pytest.raises(NotAuthenticated, match="not written by you"):
        endpoint.read(file)


@unix_only
@pytest.mark.parametrize("kind", ["link", "folder", "pipe"])
def test_what_is_no_plain_file_is_not_trusted(tmp_path, kind):
    file = tmp_path / "key.json"
    if kind == "link":
        endpoint.write(tmp_path / "other.json", HERE)
        file.symlink_to(tmp_path / "other.json")
    elif kind == "folder":
        file.mkdir()
    else:
        os.mkfifo(file)
    with pytest.raises(NotAuthenticated):
        endpoint.read(file)


@unix_only
def test_the_folder_is_made_for_the_user_alone_and_closed_if_it_was_open(tmp_path):
    folder = tmp_path / "run"
    assert endpoint.private_folder(folder) == folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o777)
    endpoint.private_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


@unix_only
@pytest.mark.parametrize("planted", ["link", "broken link", "file"])
def test_what_is_planted_in_the_folders_place_is_not_trusted(tmp_path, planted):
    folder = tmp_path / "run"
    if planted == "file":
        folder.write_text("", encoding="utf-8")
    else:
        target = tmp_path / "elsewhere"
        if planted == "link":
            target.mkdir()
        folder.symlink_to(target)
    with pytest.raises(NotAuthenticated, match="not a folder of yours") as refused:
        endpoint.private_folder(folder)
    assert str(folder) in refused.value.remedy


@unix_only
def test_a_folder_of_somebody_else_is_not_trusted(tmp_path, monkeypatch):
    somebody = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: somebody)
    with pytest.raises(NotAuthenticated, match="not a folder of yours"):
        endpoint.private_folder(tmp_path)


@unix_only
def test_a_folder_too_deep_for_a_socket_gives_way_to_a_short_one(tmp_path, monkeypatch):
    short = tmp_path / "t"
    short.mkdir()
    monkeypatch.setattr(endpoint.tempfile, "gettempdir", lambda: str(short))
    monkeypatch.setattr(endpoint, "SOCKET_PATH_BYTES", len(str(tmp_path)) + 60)
    folder = endpoint.private_folder(tmp_path / ("deep" * 30))
    assert folder.parent == short
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_addresses_never_repeat(tmp_path):
    assert len({endpoint.new_address(tmp_path, "key") for _ in range(50)}) == 50


async def test_where_nobody_listens_is_an_error_of_the_system(tmp_path):
    with pytest.raises(OSError, match=r".+"):
        await endpoint.connect(endpoint.new_address(tmp_path, "key"))
