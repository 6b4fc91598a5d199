"""Which options a model is loaded with, and by whose loop, without the runtime."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from phi_sidecar.backends import openvino_genai
from phi_sidecar.backends.base import LoadSpec
from phi_sidecar.backends.openvino_genai.settings import COPY_OPTIONS, WHOLE_KEYS


class NotPageable(Exception):
    pass


@pytest.fixture
def loading(tmp_path, monkeypatch):
    """Load a copy; returns what each try was told. `refuse` decides what it fails with."""
    inside = "phi_sidecar.backends.openvino_genai"
    tries = []

    def load(refuse=lambda options: None, **options):
        def paged(model, spec, told, device):
            tries.append((told, sys.exc_info()[1]))
            if (error := refuse(told)) is not None:
                raise error
            return "ours"

        def pipeline(model, spec, settings, device):
            tries.append((settings.options, sys.exc_info()[1]))
            return "the library's"

        fakes = {
            "exact_copy": SimpleNamespace(readable=lambda model, cache: tmp_path),
            "paged_graph": SimpleNamespace(NotPageable=NotPageable),
            "pipeline": SimpleNamespace(PipelineModel=pipeline),
        }
        for name, fake in fakes.items():
            monkeypatch.setitem(sys.modules, f"{inside}.{name}", fake)
        monkeypatch.setattr(openvino_genai, "_paged", paged)
        spec = LoadSpec(Path("a.gguf"), "CPU", "q4_1", 4096, tmp_path, 1 << 30, options)
        return openvino_genai._batched(spec, Path("a.gguf"), "CPU"), tries

    return load


def refusing(key, value, error):
    return lambda options: error if options.get(key) == value else None


def test_a_copy_has_keys_of_16_bits(loading):
    loaded, tries = loading()
    assert loaded == "ours"
    assert [options for options, _ in tries] == [{**COPY_OPTIONS, **WHOLE_KEYS}]


def test_where_the_processor_cannot_it_has_the_usual_ones_and_nothing_is_held_twice(loading):
    refuse = refusing("KV_CACHE_PRECISION", "f16", RuntimeError("expect u8"))
    loaded, tries = loading(refuse)
    assert loaded == "ours"
    assert tries[1] == (COPY_OPTIONS, None)


def test_what_a_person_chose_is_tried_once(loading):
    with pytest.raises(RuntimeError, match="no room"):
        loading(lambda options: RuntimeError("no room"), KV_CACHE_PRECISION="f16")
    refuse = refusing("KV_CACHE_PRECISION", "u8", RuntimeError("no room"))
    with pytest.raises(RuntimeError, match="no room"):
        loading(refuse, KV_CACHE_PRECISION="u8")


def test_the_librarys_loop_is_told_of_the_copy_too(loading):
    loaded, tries = loading(lambda options: NotPageable("of another kind"))
    assert loaded == "the library's"
    assert tries[-1][0] == COPY_OPTIONS
