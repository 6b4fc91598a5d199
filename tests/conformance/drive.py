"""Runs in a runtime's environment: does with its models what it is told on stdin, a JSON line each.

The environment has no pytest, so the tests stand outside and read what happened.
"""

import ctypes
import gc
import importlib
import importlib.util
import json
import sys
from dataclasses import asdict
from pathlib import Path

MOST_STEPS = 20_000


def reach_package(bootstrap):
    spec = importlib.util.spec_from_file_location("bootstrap", bootstrap)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.reach_package()


def main(bootstrap, target):
    # Runtimes print to fd 1, where the answers go.
    answers, sys.stdout = sys.stdout, sys.stderr
    reach_package(bootstrap)
    from phi_sidecar.errors import PhiSidecarError

    module, _, name = target.partition(":")
    backend = getattr(importlib.import_module(module), name)()
    models = {}
    for line in sys.stdin:
        order = json.loads(line)
        try:
            result = obey(backend, models, order)
        except PhiSidecarError as error:
            kind = type(error).__name__
            result = {"error": kind, "message": str(error), "remedy": error.remedy}
        print(json.dumps(result), file=answers, flush=True)


def obey(backend, models, order):
    key = order.get("as", "model")
    match order["do"]:
        case "probe":
            return [asdict(device) for device in backend.probe()]
        case "load":
            models[key] = model = load(backend, order)
            return {
                "executingDevice": model.executing_device,
                "capabilities": asdict(model.capabilities),
            }
        case "close":
            models.pop(key).close()
            gc.collect()
            return None
        case "memory":
            return memory_bytes()
        case "count":
            return [models[key].count_tokens(as_prompt(told)) for told in order["prompts"]]
        case "play":
            return play(models[key], order)
    raise ValueError(order)


def memory_bytes():
    """What this process holds of the machine's memory; files that are mapped do not count.

    What the allocator keeps of freed memory does not count either: it goes up and down by 16 MB.
    """
    import psutil

    gc.collect()
    # musl has none.
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)
    memory = psutil.Process().memory_info()
    return memory.rss - getattr(memory, "shared", 0)


def load(backend, order):
    from phi_sidecar.backends.base import LoadSpec

    return backend.load(
        LoadSpec(
            model=Path(order["model"]),
            device=order["device"],
            quantization=order["quantization"],
            context_window=order["contextWindow"],
            cache=Path(order["cache"]),
            kv_cache_bytes=1 << 30,
            backend_options=order["options"],
        )
    )


def play(model, order):
    """Add, step and cancel as the order says; returns every event with the step it came in."""
    from phi_sidecar.errors import PhiSidecarError
    from phi_sidecar.worker.stop_strings import StopStrings

    waiting = {request["id"]: request for request in order["requests"]}
    stops = {id: StopStrings(told.get("stop", ())) for id, told in waiting.items()}
    cancels = list(order.get("cancel", []))
    tokens = dict.fromkeys(waiting, 0)
    open_ids, events, step = set(), [], 0
    while (waiting or open_ids) and step < MOST_STEPS:
        for id, request in list(waiting.items()):
            if request.get("atStep", 0) <= step:
                del waiting[id]
                try:
                    model.add(as_request(request))
                    open_ids.add(id)
                except PhiSidecarError as error:
                    kind = type(error).__name__
                    events.append({"kind": kind, "id": id, "message": str(error), "step": step})
        for cancel in list(cancels):
            if step >= cancel.get("atStep", 0) and tokens[cancel["id"]] >= cancel.get("tokens", 0):
                cancels.remove(cancel)
                model.cancel(cancel["id"])
                events.append({"kind": "cancel", "id": cancel["id"], "step": step})
        step += 1
        for event in model.step():
            told = {"kind": type(event).__name__, "step": step}
            for name, value in vars(event).items():
                told[name] = str(value) if isinstance(value, Exception) else value
            events.append(told)
            if told["kind"] == "Piece":
                tokens[event.id] += event.tokens
                # As the worker does it.
                already = stops[event.id].matched
                told["shown"] = stops[event.id].add(event.text)
                if stops[event.id].matched and not already:
                    model.cancel(event.id)
            elif told["kind"] in ("Finished", "Failed"):
                open_ids.discard(event.id)
    return {"events": events, "idle": list(model.step()), "unfinished": sorted(open_ids)}


def as_request(told):
    from phi_sidecar.backends.base import GenerateRequest
    from phi_sidecar.generated.protocol import Lane, Sampling

    return GenerateRequest(
        id=told["id"],
        lane=Lane(told.get("lane", "completion")),
        prompt=as_prompt(told),
        sampling=Sampling(
            max_new_tokens=told.get("tokens", 16),
            temperature=told.get("temperature", 0),
            frequency_penalty=told.get("frequencyPenalty"),
            pass_over=told.get("passOver", 0),
        ),
        stop=tuple(told.get("stop", ())),
        log_probs=told.get("logProbs", False),
        given=told.get("given", ""),
    )


def as_prompt(told):
    from phi_sidecar.generated.protocol import ChatMessage, ChatPrompt, RawPrompt, Role

    if "raw" in told:
        return RawPrompt(kind="raw", text=told["raw"])
    messages = [ChatMessage(role=Role.user, content=told["chat"])]
    start = told.get("answerStart", "")
    return ChatPrompt(kind="chat", messages=messages, answer_start=start)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
