"""What `phi-sidecar models convert` and `models import` do."""

import argparse
import time
from collections.abc import Sequence

from phi_sidecar.cli import print_json
from phi_sidecar.cli.models import known_model
from phi_sidecar.cli.progress import Bar
from phi_sidecar.engine.installation import Installation
from phi_sidecar.errors import UnknownModel
from phi_sidecar.models.catalog import Build, CatalogModel, ConversionSource
from phi_sidecar.provision.disk import megabytes
from phi_sidecar.provision.place import size_bytes


async def convert_model(installation: Installation, args: argparse.Namespace) -> int:
    """Convert a model on this machine, try the result and keep it."""
    model = known_model(installation, args.id, None)
    build = _conversion(model, args)
    began_s = time.monotonic()
    with Bar() as bar:
        folder = await installation.models.prepare(model, build, bar.report)
    took_s = time.monotonic() - began_s
    size = size_bytes(folder)
    if args.json:
        print_json(
            {
                "id": model.id,
                "build": build.id,
                "path": str(folder),
                "bytesOnDisk": size,
                "seconds": round(took_s, 1),
            }
        )
    else:
        print(f"{model.title}, {build.id}: {megabytes(size)} in {folder} ({took_s:.0f} s)")
    return 0


async def import_model(installation: Installation, args: argparse.Namespace) -> int:
    """Recognize the model in a folder or GGUF file and list it from now on."""
    model = await installation.imports.add(args.folder, args.name)
    build = model.builds[0]
    conversions = [each.id for each in _conversions(model)]
    if args.json:
        print_json(
            {
                "id": model.id,
                "name": model.name,
                "format": build.format,
                "quantization": build.quantization,
                "accelerators": list(build.accelerators),
                "contextWindow": model.context_window,
                "conversions": conversions,
            }
        )
        return 0
    print(f"{model.id}: {model.name}, {build.format}, {build.quantization}")
    print(f"    runs on {', '.join(build.accelerators)}")
    if conversions:
        print(f"    can be converted: phi-sidecar models convert {model.id} --to {conversions[0]}")
    return 0


def _conversion(model: CatalogModel, args: argparse.Namespace) -> Build:
    offered = _conversions(model)
    kind = None if args.accelerator is None else args.accelerator.partition(".")[0]
    for build in offered:
        if args.to not in (None, build.id):
            continue
        if kind is not None and kind not in build.accelerators:
            continue
        if args.quantization in (None, build.quantization):
            return build
    if args.to in [build.id for build in model.builds]:
        raise UnknownModel(
            f"{model.title} comes ready-made as {args.to}.",
            remedy=f"Run 'phi-sidecar models prepare {model.id} --build {args.to}'. To make it"
            " yourself, import the folder of the original and convert that.",
        )
    names = ", ".join(build.id for build in offered)
    raise UnknownModel(
        f"{model.title} is not converted to that.",
        remedy=f"It can be converted to: {names}." if names else "Import the original's folder.",
    )


def _conversions(model: CatalogModel) -> Sequence[Build]:
    return [build for build in model.builds if isinstance(build.source, ConversionSource)]
