from importlib.metadata import EntryPoint

import pytest
from phi_sidecar.accelerators.registry import GROUP, from_entry_points, load_backends
from phi_sidecar.errors import UnknownAccelerator

ECHO = "phi_sidecar.backends.echo:Echo"


def point(name, value):
    return EntryPoint(name=name, value=value, group=GROUP)


@pytest.fixture
def broken_package(tmp_path, monkeypatch):
    (tmp_path / "their_backend.py").write_text(
        "raise ImportError('no such library')\n", encoding="utf-8"
    )
    monkeypatch.syspath_prepend(tmp_path)


def test_the_backends_that_ship_are_registered_by_id():
    backends = load_backends()
    assert {"openvino-genai", "echo"} <= set(backends.registered)
    assert backends.registered["echo"].target == ECHO
    assert backends.broken == ()


def test_a_backend_that_cannot_be_imported_leaves_the_others_alone(broken_package):
    backends = from_entry_points([point("theirs", "their_backend:Backend"), point("echo", ECHO)])
    assert list(backends.registered) == ["echo"]
    (broken,) = backends.broken
    assert broken.name == "theirs"
    assert "ImportError: no such library" in broken.reason
    assert broken.remedy == "Update or remove the package their_backend."


def test_something_that_is_no_backend_is_refused():
    (broken,) = from_entry_points([point("paths", "phi_sidecar.paths:Paths")]).broken
    assert "TypeError" in broken.reason
    (broken,) = from_entry_points([point("app", "phi_sidecar.paths:APP")]).broken
    assert "it has no 'id'" in broken.reason


def test_a_backend_under_another_name_than_its_own_is_refused():
    (broken,) = from_entry_points([point("shout", ECHO)]).broken
    assert "calls itself 'echo'" in broken.reason


def test_ours_wins_over_another_package_s_of_the_same_name(broken_package):
    backends = from_entry_points([point("echo", "their_backend:Backend"), point("echo", ECHO)])
    assert backends.registered["echo"].target == ECHO
    assert "same name" in backends.broken[0].reason


def test_the_same_entry_point_found_twice_is_one_backend():
    backends = from_entry_points([point("echo", ECHO), point("echo", ECHO)])
    assert list(backends.registered) == ["echo"]
    assert backends.broken == ()


def test_an_accelerator_s_id_names_its_backend_and_device():
    backends = load_backends()
    registered, device = backends.of("openvino-genai/GPU.1")
    assert (registered.backend.id, device) == ("openvino-genai", "GPU.1")


@pytest.mark.parametrize(
    "id", ["", "echo", "echo/", "echo/CPU", "nobody/CPU", "openvino-genai/GPU1"]
)
def test_an_accelerator_that_nobody_offers_is_unknown(id):
    with pytest.raises(UnknownAccelerator, match="There is no accelerator called"):
        load_backends().of(id)


def test_an_accelerator_of_a_broken_backend_tells_why(broken_package):
    backends = from_entry_points([point("theirs", "their_backend:Backend")])
    with pytest.raises(UnknownAccelerator, match="no such library"):
        backends.of("theirs/CPU")
