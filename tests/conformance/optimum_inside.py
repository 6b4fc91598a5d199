"""Runs in Optimum Intel's environment: looks at a loaded model from inside.

Each line on stdin is what to look at and its arguments, as JSON; what was found comes back as a
line.
"""

import importlib.util
import json
import sys
from pathlib import Path

LONG = " ".join(f"line {n % 7}" for n in range(200))


def reach_package(bootstrap):
    spec = importlib.util.spec_from_file_location("bootstrap", bootstrap)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.reach_package()


def load(model, cache, device, **options):
    from phi_sidecar.backends.base import LoadSpec
    from phi_sidecar.backends.openvino_optimum import OpenVinoOptimum

    return OpenVinoOptimum().load(
        LoadSpec(
            model=Path(model),
            device=device,
            quantization="fp16",
            context_window=4096,
            cache=Path(cache),
            kv_cache_bytes=1 << 30,
            backend_options={
                "INFERENCE_PRECISION_HINT": "f32",
                "KV_CACHE_PRECISION": "f32",
                **options,
            },
        )
    )


def write(model, text, tokens=8):
    """Return what it writes, and how much of the prompt it reused."""
    from phi_sidecar.backends.base import Accepted, Finished, GenerateRequest, Piece
    from phi_sidecar.generated.protocol import Lane, RawPrompt, Sampling

    prompt = RawPrompt(kind="raw", text=text)
    sampling = Sampling(max_new_tokens=tokens)
    model.add(GenerateRequest(id=1, lane=Lane.completion, prompt=prompt, sampling=sampling))
    written, cached = "", 0
    while True:
        for event in model.step():
            if isinstance(event, Accepted):
                cached = event.cached_tokens
            if isinstance(event, Piece):
                written += event.text
            if isinstance(event, Finished):
                return written, cached


def compiled(model, cache, device):
    loaded = load(model, cache, device)
    inside = loaded._parts.network._request.get_compiled_model()
    return {
        "text": write(loaded, LONG)[0],
        "fromCache": bool(inside.get_property("LOADED_FROM_CACHE")),
        "blobs": len(list(Path(cache).glob("*.blob"))),
        "hint": str(inside.get_property("PERFORMANCE_HINT")).rpartition(".")[2],
        "streams": str(inside.get_property("NUM_STREAMS")),
        "devices": list(inside.get_property("EXECUTION_DEVICES")),
    }


def state(model, cache, device):
    from phi_sidecar.backends.openvino_optimum import network as inside

    loaded = load(model, cache, device)
    network = loaded._parts.network
    most, inside.MOST_CHUNK_TOKENS = inside.MOST_CHUNK_TOKENS, 32
    chunks, feed, rewind = [], network.feed, network.rewind
    after_the_cut = []

    def watched_feed(ids):
        chunks.append(len(ids))
        feed(ids)

    def watched_rewind(tokens):
        rewind(tokens)
        if tokens:
            states = network._request.query_state()
            after_the_cut.append({state.state.shape[2] for state in states})

    network.feed, network.rewind = watched_feed, watched_rewind
    write(loaded, LONG)
    inside.MOST_CHUNK_TOKENS = most
    of_the_first = list(chunks)
    again, common = write(loaded, f"{LONG} and on")
    fresh = load(model, cache, device)
    return {
        "chunkTokens": of_the_first,
        "tokensAfterTheCut": sorted(after_the_cut[-1]),
        "common": common,
        "again": again,
        "fresh": write(fresh, f"{LONG} and on")[0],
    }


def refusing(model, cache, device):
    from phi_sidecar.backends.openvino_optimum import network

    expected = write(load(model, cache, device), LONG)[0]

    def refuse(*_):
        raise RuntimeError("set_state is not supported")

    cut, network._cut = network._cut, refuse
    try:
        loaded = load(model, cache, device)
    finally:
        network._cut = cut
    texts, cached = zip(*(write(loaded, LONG) for _ in range(2)), strict=True)
    return {
        "prefixReuse": loaded.capabilities.prefix_reuse,
        "expected": expected,
        "texts": texts,
        "cached": cached,
    }


def refused(model, cache, device):
    from phi_sidecar.errors import PhiSidecarError

    try:
        load(model, cache, device)
    except PhiSidecarError as error:
        return {"error": type(error).__name__, "message": str(error), "remedy": error.remedy}
    return {"error": None}


def elsewhere(model, cache, device):
    """As if a GPU were listed whose plugin then runs everything on the processor."""
    from phi_sidecar.backends.openvino_optimum import model as inside

    refuse, library = inside._refuse_unless_found, inside.OVModelForCausalLM

    class OnTheProcessor:
        @staticmethod
        def from_pretrained(folder, **options):
            return library.from_pretrained(folder, **{**options, "device": device})

    inside._refuse_unless_found, inside.OVModelForCausalLM = lambda _: None, OnTheProcessor
    try:
        return refused(model, cache, "GPU.0")
    finally:
        inside._refuse_unless_found, inside.OVModelForCausalLM = refuse, library


def probe(*_):
    from phi_sidecar.backends.openvino_optimum import OpenVinoOptimum

    return {"devices": [device.device for device in OpenVinoOptimum().probe()]}


def main(bootstrap):
    answers, sys.stdout = sys.stdout, sys.stderr
    reach_package(bootstrap)
    for line in sys.stdin:
        what, *arguments = json.loads(line)
        print(json.dumps(globals()[what](*arguments)), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
