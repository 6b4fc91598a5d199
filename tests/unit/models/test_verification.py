"""Comparing the catalog with a hub."""

import dataclasses

import pytest
from phi_sidecar.models.catalog import HubSource, load_catalog
from phi_sidecar.models.hub.job import Listed
from phi_sidecar.models.verification import differences, verify_catalog

OPENVINO = {
    "openvino_model.xml": 1_000_000,
    "openvino_model.bin": 2_000_000_000,
    "openvino_tokenizer.xml": 20_000,
    "openvino_detokenizer.xml": 9_000,
    "tokenizer_config.json": 3_000,
}


@pytest.fixture
def model():
    """The first model of the catalog, with nothing but its first build."""
    (model, *_) = load_catalog().models.values()
    return dataclasses.replace(model, builds=model.builds[:1])


def told_of(model, sizes):
    build = model.builds[0]
    source = dataclasses.replace(build.source, bytes=2_000_000_000)
    return list(differences(build, source, Listed("0" * 40, sizes)))


def test_a_repository_as_the_catalog_has_it_differs_in_nothing(model):
    assert told_of(model, OPENVINO) == []


@pytest.mark.parametrize("lacking", OPENVINO)
def test_a_file_without_which_nothing_runs_is_named(model, lacking):
    sizes = {path: size for path, size in OPENVINO.items() if path != lacking}
    assert f"It holds no {lacking}." in told_of(model, sizes)


def test_another_size_than_people_are_told_is_named(model):
    sizes = OPENVINO | {"openvino_model.bin": 3_000_000_000}
    assert told_of(model, sizes) == ["It has 3.00 GB; the catalog says 2.00 GB."]


async def test_every_build_from_a_hub_is_looked_up(hub, model):
    build = model.builds[0]
    small = dataclasses.replace(build.source, bytes=5 * 1000)
    gone = dataclasses.replace(build, source=dataclasses.replace(small, repository="no/body"))
    there = dataclasses.replace(build, source=small)
    commit = hub.add(small.repository, {path: bytes(1000) for path in OPENVINO})
    starter = load_catalog().models["starter"]

    found = await verify_catalog([dataclasses.replace(model, builds=(there, gone)), starter])
    assert [(each.revision, each.bytes) for each in found] == [(commit, 5000), (None, None)]
    assert found[0].differences == ()
    assert "no repository no/body" in found[1].differences[0]
    assert "/resolve/" not in str(hub.requests)
    assert {request.about for request in hub.requests} == {"api"}


def test_the_catalog_names_no_repository_without_a_folder_s_worth_of_weights():
    for model in load_catalog().models.values():
        for build in model.builds:
            if isinstance(build.source, HubSource):
                assert build.source.bytes > 1_000_000_000
                assert "/" in build.source.repository
                assert build.source.verified <= (build.source.revision != "main")
                assert not any("py" in pattern for pattern in build.source.files)
