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
