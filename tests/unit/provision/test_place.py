import sys

import pytest
from phi_sidecar.provision import place


@pytest.fixture
def made(tmp_path):
    folder = place.beside(tmp_path / "thing")
    folder.mkdir()
    (folder / "new").touch()
    return folder


def test_what_was_made_replaces_what_was_there(tmp_path, made):
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "old").touch()
    place.put(made, tmp_path / "thing")
    assert [file.name for file in (tmp_path / "thing").iterdir()] == ["new"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["thing"]


def test_what_was_there_stays_if_the_new_cannot_be_put(tmp_path, made, monkeypatch):
    (tmp_path / "thing").mkdir()
    (tmp_path / "thing" / "old").touch()

    def refuse(self, target):
        raise PermissionError(target)

    monkeypatch.setattr(type(made), "replace", refuse)
    with pytest.raises(PermissionError):
        place.put(made, tmp_path / "thing")
    assert (tmp_path / "thing" / "old").exists()


def test_a_read_only_file_is_removed(tmp_path, made):
    (made / "new").chmod(0o400)
    place.remove(made)
    place.remove(made)
    assert list(tmp_path.iterdir()) == []


def test_sweeping_leaves_other_places_alone(tmp_path, made):
    (tmp_path / "thing").touch()
    (tmp_path / "thing2.1.partial").touch()
    place.sweep(tmp_path / "thing")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["thing", "thing2.1.partial"]


async def test_what_another_holds_for_long_is_refused_and_what_was_taken_is_let_go(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(place, "_SOON_S", 0.1)
    free, taken = tmp_path / "free.lock", tmp_path / "taken.lock"
    async with place.held(taken, lambda: None):
        with pytest.raises(LookupError, match="not now"):
            async with place.held_soon([free, taken], LookupError("not now")):
                pass
        async with place.held_soon([free], LookupError("not now")):
            pass
    async with place.held_soon([free, taken], LookupError("not now")):
        pass


def test_what_takes_room_is_told_for_files_and_folders_alike(tmp_path):
    (tmp_path / "file").write_bytes(b"123")
    assert place.bytes_of(tmp_path) == place.bytes_of(tmp_path / "file") == 3
    assert place.bytes_of(tmp_path / "missing") == 0


def test_what_the_system_refuses_to_look_at_is_not_there_and_takes_nothing(tmp_path):
    (tmp_path / "file").write_bytes(b"123")
    for path in (tmp_path / ("long" * 100), tmp_path / "file" / "in it"):
        assert not place.is_there(path)
        assert place.bytes_of(path) == 0


def test_a_size_counts_what_is_there_and_not_what_links_point_to(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "file").write_bytes(b"12345")
    assert place.size_bytes(tmp_path) == 5
    assert place.size_bytes(tmp_path / "missing") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs a privilege there")
def test_a_linked_file_is_somebody_else_s(tmp_path):
    (tmp_path / "large").write_bytes(b"1" * 10_000)
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "large")
    assert place.size_bytes(folder) < 1_000
