"""The catalog that ships with the product."""

import dataclasses
import re

from phi_sidecar.accelerators.registry import load_backends
from phi_sidecar.models.catalog import (
    Catalog,
    CompletionStyle,
    ConversionSource,
    Format,
    PackageSource,
    load_catalog,
)
from phi_sidecar.models.conversion.conversions import CONVERSIONS


def builds():
    models = load_catalog().models.values()
    return [(model, build) for model in models for build in model.builds]


def test_there_is_one_starter_and_it_is_labelled_as_such():
    starters = [model for model in load_catalog().models.values() if model.starter]
    assert len(starters) == 1
    assert starters[0].title.endswith("(starter)")


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


def test_every_package_is_pinned_and_hashed():
    packages = [build.source for _, build in builds() if isinstance(build.source, PackageSource)]
    assert packages
    for package in packages:
        assert re.fullmatch(r"[\w.-]+==[\w.]+", package.requirement)
        assert re.fullmatch(r"[0-9a-f]{64}", package.sha256)
        assert re.fullmatch(r"[0-9a-f]{64}", package.member_sha256)
        assert package.member_bytes > 0
        assert package.bytes > 0


def test_every_build_says_how_it_is_run():
    for model, build in builds():
        assert build.accelerators
        assert all(re.fullmatch(r"[a-z-]+/[A-Z]+", each) for each in build.accelerators)
        assert build.quantization in build.quantizations
        assert build.memory_bytes > 0
        assert model.build(build.id) is build


def test_ids_are_well_formed():
    catalog = load_catalog()
    for id, model in catalog.models.items():
        assert model.id == id
        assert model.context_window > 0
        assert catalog.families[model.family.id] is model.family
        assert len({build.id for build in model.builds}) == len(model.builds)


def test_the_first_build_that_runs_there_is_chosen():
    catalog = two_builds()
    assert catalog.choose("m", "a", "CPU").build.id == "first"
    assert catalog.choose("m", "a", "NPU").build.id == "second"
    assert catalog.choose("m", "b", "CPU") is None
    assert catalog.choose("unknown", "a", "CPU") is None


def test_a_quantization_can_be_asked_for_where_the_backend_makes_it():
    catalog = two_builds()
    assert catalog.choose("m", "a", "CPU", "int8").build.id == "second"
    assert catalog.choose("m", "a", "CPU", "int8").info.quantization == "int8"
    assert catalog.choose("m", "a", "NPU").info.quantization == "fp16"
    assert catalog.choose("m", "a", "NPU", "int4") is None
    assert catalog.models["m"].quantizations_on("a", "CPU") == ("int4", "fp16", "int8")


def two_builds():
    starter = load_catalog().models["starter"]
    build = starter.builds[0]
    first = dataclasses.replace(
        build, id="first", quantization="int4", quantizations=("int4",), accelerators=("a/CPU",)
    )
    second = dataclasses.replace(
        build,
        id="second",
        quantization="fp16",
        quantizations=("fp16", "int8"),
        accelerators=("a/CPU", "a/NPU"),
    )
    model = dataclasses.replace(starter, id="m", builds=(first, second))
    return Catalog(families={}, models={"m": model})


def test_every_kind_of_accelerator_has_a_build_of_both_phi3_models():
    catalog = load_catalog()
    for registered in load_backends().registered.values():
        backend = registered.backend
        for kind in backend.devices if backend.needs_model else ():
            for id in ("phi-3-mini-4k-instruct", "phi-3.5-mini-instruct"):
                assert catalog.choose(id, backend.id, kind.device), (backend.id, kind.device)


def test_every_build_runs_on_an_accelerator_that_there_is():
    known = {
        f"{registered.backend.id}/{kind.device}"
        for registered in load_backends().registered.values()
        for kind in registered.backend.devices
    }
    for _, build in builds():
        assert set(build.accelerators) <= known


def test_what_is_converted_is_what_its_recipe_makes():
    converted = [(m, b) for m, b in builds() if isinstance(b.source, ConversionSource)]
    assert converted
    for model, build in converted:
        recipe = CONVERSIONS[build.source.recipe]
        assert (recipe.makes, recipe.quantization) == (build.format, build.quantization)
        assert set(build.accelerators) <= set(recipe.accelerators)
        assert model.build(build.source.of).format is Format.TRANSFORMERS


def test_the_recommended_model_is_phi3_and_the_smallest_is_what_is_fallen_back_to():
    catalog = load_catalog()
    assert next(iter(catalog.models)) == "phi-3-mini-4k-instruct"
    assert catalog.fallbacks[0] == "starter"
