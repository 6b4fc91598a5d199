from pathlib import Path

import pytest
from phi_sidecar.doctor import privacy
from phi_sidecar.doctor.models import Imported
from phi_sidecar.doctor.privacy import private_to_this_user
from phi_sidecar.paths import Paths


@pytest.fixture
def planted(monkeypatch):
    """A user, a home and a computer whose names are seen at once."""
    for variable in ("USERNAME", "LOGNAME", "USERPROFILE", "HOSTNAME", "COMPUTERNAME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.delenv("USERDOMAIN", raising=False)
    monkeypatch.setenv("HOME", "/home/rosalind")
    monkeypatch.setenv("USER", "rosalind.f")
    monkeypatch.setattr(privacy.socket, "gethostname", lambda: "photo51.lab.example")
    monkeypatch.setattr(
        privacy, "_account", lambda: ({"rosalind.f", "Rosalind Franklin"}, {"/home/rosalind"})
    )
    home = Path("/home/rosalind")
    return Paths(home / ".data", Path("/mnt/dna/cache"), Path("/run/user/1000"), home / ".logs")


@pytest.fixture
def private(planted):
    return private_to_this_user(planted)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("in /home/rosalind/.data/environments", "in ~/.data/environments"),
        ("in /home/rosalind.", "in ~."),
        ("in '/home/rosalind'", "in '~'"),
        ("/home/rosalind2/secret is theirs", "[path] is theirs"),
        ("/mnt/dna/cache/models/x.gguf is damaged", "[cache]/models/x.gguf is damaged"),
        ("/run/user/1000 is open", "[runtime] is open"),
        ("cannot read /srv/helix/base pairs/notes.txt: denied", "cannot read [path]: denied"),
        ("/srv/helix/libze_loader.so.1: not found", "[path]/libze_loader.so.1: not found"),
        ("/usr/lib/libze_loader.so.1: not found", "/usr/lib/libze_loader.so.1: not found"),
        (r"C:\Users\Maurice\phi\x.dll is missing", "[path]/x.dll is missing"),
        (r"C:\Windows\System32\d3d12.dll failed", r"C:\Windows\System32\d3d12.dll failed"),
        (r"\\server\share\notes.txt is away", "[path] is away"),
        (
            "src/plugins/intel_gpu/runtime.cpp:12 failed",
            "src/plugins/intel_gpu/runtime.cpp:12 failed",
        ),
        ("asked https://rosa:pw@mirror.example/simple twice", "asked [address] twice"),
        ("rosalind.f may not, nor may Rosalind Franklin", "[user] may not, nor may [user]"),
        ("PHOTO51 and photo51.lab.example", "[computer] and [computer]"),
        ("photo51x is another", "photo51x is another"),
        ("3.2 of 16.0 GB free, 2 and/or 3", "3.2 of 16.0 GB free, 2 and/or 3"),
        ("openvino-genai/CPU", "openvino-genai/CPU"),
        ("No Intel GPU is found.", "No Intel GPU is found."),
    ],
)
def test_a_text_keeps_what_helps_and_loses_what_is_private(private, said, told):
    assert private.out_of(said) == told


def test_a_folder_of_ours_outside_of_the_home_is_named_by_what_it_is_for(private):
    assert private.out_of("/mnt/dna/cache/compiled") == "[cache]/compiled"


def test_what_the_person_calls_their_models_and_where_they_lie_is_taken_out(planted):
    folder = Path("/srv/genes/Double Helix")
    mine = Imported("imported-1", ("double-helix", "Photo 51", "Double Helix"), folder)
    private = private_to_this_user(planted, [mine])
    assert private.out_of("Photo 51 is gone: there is nothing at /srv/genes/Double Helix.") == (
        "[imported-1] is gone: there is nothing at [imported-1]."
    )
    assert (
        private.out_of("could not load Double Helix on CPU") == "could not load [imported-1] on CPU"
    )
    assert private.out_of("/srv/genes/Double Helix/config.json is cut") == (
        "[imported-1]/config.json is cut"
    )


def test_a_home_that_is_everything_takes_nothing_away(planted, monkeypatch):
    monkeypatch.setenv("HOME", "/")
    monkeypatch.setattr(privacy, "_account", lambda: (set(), {"/"}))
    assert private_to_this_user(planted).out_of("1/2 and a/b") == "1/2 and a/b"


def test_names_of_two_letters_are_left_in_sentences_and_gone_from_paths(planted, monkeypatch):
    monkeypatch.setenv("HOME", "/home/is")
    monkeypatch.setenv("USER", "is")
    monkeypatch.setattr(privacy, "_account", lambda: ({"is"}, {"/home/is"}))
    told = private_to_this_user(planted).out_of("It is in /home/is/data")
    assert told == "It is in ~/data"


def test_this_machine_s_own_user_and_home_are_known(monkeypatch, paths):
    private = private_to_this_user(paths)
    assert private.out_of(str(Path.home() / "code")) == "~/code"
