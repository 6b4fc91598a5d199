"""The worker's process: `python -m phi_sidecar.worker`, started by the sidecar's engine."""

import argparse
import asyncio
import json
import logging
import os
import sys
from importlib import import_module
from pathlib import Path

from phi_sidecar.backends.base import Backend, LoadSpec
from phi_sidecar.rpc import silence_pygls
from phi_sidecar.worker.server import WorkerPlan, serve


def main() -> None:
    """Read the arguments and serve."""
    # Runtimes print to fd 1; a log is where that belongs.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO,
        format="%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s",
    )
    silence_pygls()
    args = _parser().parse_args()
    backend = load_backend(args.backend)
    spec = LoadSpec(
        model=args.model,
        device=args.device,
        quantization=args.quantization,
        context_window=args.context_window,
        cache=args.cache,
        kv_cache_bytes=args.kv_cache_bytes,
        backend_options=json.loads(args.backend_options),
    )
    args.cache.mkdir(parents=True, exist_ok=True)
    # Some runtimes write into the current folder.
    os.chdir(args.cache)
    plan = WorkerPlan(endpoint_file=args.endpoint_file, linger_s=args.linger_s, spec=spec)
    asyncio.run(serve(backend, plan))


def load_backend(reference: str) -> Backend:
    """Return the backend that `module:attribute` names."""
    module, _, attribute = reference.partition(":")
    backend: Backend = getattr(import_module(module), attribute)()
    return backend


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m phi_sidecar.worker")
    parser.add_argument("--backend", required=True, help="module:attribute")
    parser.add_argument("--device", required=True)
    parser.add_argument("--quantization", required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--context-window", type=int, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--kv-cache-bytes", type=int, required=True)
    parser.add_argument("--backend-options", default="{}")
    parser.add_argument("--endpoint-file", type=Path, required=True)
    parser.add_argument("--linger-s", type=float, required=True)
    return parser


if __name__ == "__main__":
    main()
