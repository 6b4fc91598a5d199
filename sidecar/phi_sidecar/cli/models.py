"""What `phi-sidecar models` does."""

import argparse
import sys

from phi_sidecar.accelerators.registry import is_of_kind
from phi_sidecar.cli import print_json
from phi_sidecar.cli.progress import Bar
from phi_sidecar.engine import library
from phi_sidecar.engine.installation import Installation
from phi_sidecar.engine.model_list import leftovers_of, memory_bytes
from phi_sidecar.errors import UnknownModel
from phi_sidecar.models.catalog import Build, CatalogModel, Chosen, ConversionSource
from phi_sidecar.models.leftovers import Leftover
from phi_sidecar.models.store import ModelState, StoredBuild
from phi_sidecar.models.verification import Verified, verify_catalog
from phi_sidecar.provision.disk import megabytes
from phi_sidecar.wire import unstructure


async def list_models(installation: Installation, args: argparse.Namespace) -> int:
    """Print every known build with what there is of it."""
    stored, left = installation.models.list(), leftovers_of(installation)
    for complaint in installation.imports.unreadable():
        print(complaint, file=sys.stderr)
    if args.json:
        known = [await _entry(installation, each) for each in stored]
        print_json(known + [_left_entry(each) for each in left])
        return 0
    for model in installation.catalog.models.values():
        window = f"{model.context_window:,} tokens"
        print(f"{model.id}: {model.title}, {model.licence}, {window}")
        for each in (each for each in stored if each.model.id == model.id):
            quantizations = "/".join(each.build.quantizations)
            runs_on = ", ".join(each.build.accelerators)
            print(f"    {each.build.id:18} {quantizations:15} {_state(each):40} {runs_on}")
    if left:
        print("left over, of no model or build that is known:")
    for leftover in left:
        build = "" if leftover.build is None else f" --build {leftover.build}"
        remedy = f"phi-sidecar models remove {leftover.model}{build}"
        print(f"    {megabytes(leftover.bytes)} on disk; to free them: {remedy}")
    return 0


def _state(stored: StoredBuild) -> str:
    """Say what there is of a build, and when it was last used."""
    if not stored.bytes_on_disk:
        state = "not converted yet" if _is_converted(stored.build) else stored.state
        return f"{state}, {megabytes(stored.download_bytes)} to download"
    used = "never used" if stored.last_used is None else f"used {stored.last_used:%Y-%m-%d}"
    state = "half fetched" if stored.state is ModelState.MISSING else str(stored.state)
    if stored.outdated:
        state = "outdated"
    return f"{state}, {megabytes(stored.bytes_on_disk)} on disk, {used}"


def _is_converted(build: Build) -> bool:
    return isinstance(build.source, ConversionSource)


async def _entry(installation: Installation, stored: StoredBuild) -> dict[str, object]:
    return {
        **unstructure(stored.chosen.info),
        "build": stored.build.id,
        "format": stored.build.format,
        "quantizations": list(stored.build.quantizations),
        "accelerators": list(stored.build.accelerators),
        "state": stored.state,
        "bytesOnDisk": stored.bytes_on_disk,
        "downloadBytes": stored.download_bytes,
        "memoryBytes": await memory_bytes(installation, stored.model, stored.build, None),
        "outdated": stored.outdated,
        "lastUsed": stored.last_used.isoformat(timespec="seconds") if stored.last_used else None,
        "licence": stored.model.licence,
        "contextWindow": stored.model.context_window,
        "completionStyle": stored.model.family.completion,
        "completionStyleMeasured": stored.model.family.measured,
    }


def _left_entry(leftover: Leftover) -> dict[str, object]:
    return {
        "id": leftover.model,
        "build": leftover.build,
        "state": "leftover",
        "bytesOnDisk": leftover.bytes,
    }


async def prepare_model(installation: Installation, args: argparse.Namespace) -> int:
    """Fetch or make a build, and the runtime that runs it."""
    chosen = choose(installation, args)
    registered, _ = installation.backends.of(args.accelerator or chosen.build.accelerators[0])
    backend = registered.backend
    with Bar() as bar:
        if backend.environment is not None:
            await installation.environments.prepare(backend.environment, bar.report)
        path = await installation.models.prepare(chosen.model, chosen.build, bar.report)
    if args.json:
        print_json({"id": chosen.model.id, "build": chosen.build.id, "path": str(path)})
    return 0


async def remove_model(installation: Installation, args: argparse.Namespace) -> int:
    """Delete a model's files: one build's where one is named, else all."""
    build = args.build
    if build is None and (args.accelerator or args.quantization):
        build = choose(installation, args).build.id
    freed = await library.remove_model(installation, args.id, build, answering=None)
    if args.json:
        print_json({"id": args.id, "removed": True, "bytesFreed": freed})
    else:
        print(f"{megabytes(freed)} freed")
    return 0


async def verify_models(installation: Installation, args: argparse.Namespace) -> int:
    """Compare the catalog's repositories with the hub; returns 1 if anything differs."""
    models = list(installation.catalog.models.values())
    if args.id is not None:
        models = [known_model(installation, args.id, None)]
    verified = await verify_catalog(models)
    if args.json:
        print_json([_verified(each) for each in verified])
    for each in () if args.json else verified:
        at = f"{each.source.repository}@{(each.revision or each.source.revision)[:12]}"
        folder = f"/{each.source.subfolder}" if each.source.subfolder else ""
        print(f"{_outcome(each):8} {each.model.id} {each.build.id}: {at}{folder}")
        for difference in each.differences:
            print(f"    {difference}")
    return 1 if any(each.differences for each in verified) else 0


def _outcome(verified: Verified) -> str:
    if verified.revision is None:
        return "not seen"
    return "differs" if verified.differences else "as told"


def _verified(verified: Verified) -> dict[str, object]:
    return {
        "id": verified.model.id,
        "build": verified.build.id,
        "repository": verified.source.repository,
        "subfolder": verified.source.subfolder,
        "catalogRevision": verified.source.revision,
        "revision": verified.revision,
        "catalogBytes": verified.source.bytes,
        "bytes": verified.bytes,
        "differences": list(verified.differences),
    }


def choose(installation: Installation, args: argparse.Namespace) -> Chosen:
    """Return the model in the form that the arguments name.

    Raises:
        UnknownModel: there is none.
    """
    model = known_model(installation, args.id, args.quantization)
    if args.build is not None:
        for build in model.builds:
            if build.id == args.build:
                return Chosen(model, build, args.quantization or build.quantizations[0])
        raise UnknownModel(f"{model.title} has no build called {args.build!r}.")
    if args.accelerator is None:
        for build in model.builds:
            if args.quantization is None or args.quantization in build.quantizations:
                return Chosen(model, build, args.quantization or build.quantizations[0])
    else:
        registered, device = installation.backends.of(args.accelerator)
        backend = registered.backend
        kind = next(k.device for k in backend.devices if is_of_kind(device, k.device))
        chosen = installation.catalog.choose(model.id, backend.id, kind, args.quantization)
        if chosen is not None:
            return chosen
    form = f" as {args.quantization}" if args.quantization else ""
    raise UnknownModel(f"{model.name} does not run{form} on {args.accelerator}.")


def known_model(installation: Installation, id: str, quantization: str | None) -> CatalogModel:
    """Return a model of the catalog that comes at a quantization.

    Raises:
        UnknownModel: there is none.
    """
    model = installation.catalog.models.get(id)
    if model is None:
        raise UnknownModel(f"There is no model called {id!r}.")
    offered = dict.fromkeys(q for build in model.builds for q in build.quantizations)
    if quantization is not None and quantization not in offered:
        raise UnknownModel(f"{model.name} comes as {' or '.join(offered)}, not as {quantization}.")
    return model
