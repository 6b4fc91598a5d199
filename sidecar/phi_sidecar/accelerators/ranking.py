"""Which accelerator a machine is best served by, and why. Pure.

Before anything was measured, this order decides, made for suggestions while typing, which need a
first word soon, often, and beside a chat:

1. A graphics card of its own: decoding a token reads all of the model, and no other memory in a PC
   is as fast. An Intel card through OpenVINO, any other through DirectML.
2. Intel graphics in a processor that has an NPU as well (Core Ultra): they read a prompt
   faster than its cores, and OpenVINO GenAI answers several requests at once on them.
3. An NPU of 40 TOPS or more (Lunar Lake, Panther Lake). It draws the least power and leaves the
   processor alone, but does one request at a time, with prompts of a limited length that it reads
   anew each time. That is why it comes third here, where others recommend it first.
4. The processor through OpenVINO: present everywhere, quick to answer since it keeps what it has
   read, but slowed down by what runs beside it (2.5 to 4 times with one of two cores busy).
5. Other graphics in a processor: no faster memory than the processor's, one request at a time.
6. A smaller NPU: it takes seconds to read a long prompt.
7. The same devices through runtimes that do one request at a time.

Where Windows translates for a processor of another kind, its cores lose most, so integrated
graphics come before them.

Once two were measured with the same model, the quicker one is recommended instead of the one that
this order names if it decodes at least 1.25 times as fast; twice as fast if it does one request at
a time, so that a completion waits for a chat's answer. Between two of the same place, the quicker.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from statistics import mode
from types import MappingProxyType

from phi_sidecar.accelerators.graphics import gpu_of
from phi_sidecar.generated.protocol import Accelerator
from phi_sidecar.machine.devices import Machine, Maker

CLEARLY_FASTER = 1.25
"""Less than this changes from day to day, with heat and with what else runs."""

CLEARLY_FASTER_ALONE = 2.0
"""For one that does a single request at a time."""

_GENAI = "openvino-genai"
_DIRECTML = ("onnxruntime-genai", "DML")
_CUDA = ("onnxruntime-genai", "CUDA")


class Place(IntEnum):
    """An accelerator's place in the order, the best lowest."""

    CARD = 1
    CORE_ULTRA_GRAPHICS = 2
    FAST_NPU = 3
    INTEGRATED_BEFORE_EMULATED = 4
    PROCESSOR = 5
    INTEGRATED = 6
    NPU = 7
    ANOTHER_WAY = 8


@dataclass(frozen=True)
class Reason:
    """Why one is recommended, for people.

    Attributes:
        brief: in a few words, behind the accelerator's name: about 35 characters.
        full: in a sentence or two.
    """

    brief: str
    full: str


_REASONS: Mapping[Place, Reason] = MappingProxyType(
    {
        Place.CARD: Reason(
            "a card with memory of its own",
            "A graphics card with memory of its own answers fastest.",
        ),
        Place.CORE_ULTRA_GRAPHICS: Reason(
            "quick, leaves the cores free",
            "These graphics read a prompt faster than the processor's cores, leave those to your"
            " programs, and answer a suggestion while a chat is being written.",
        ),
        Place.FAST_NPU: Reason(
            "draws the least power",
            "It draws the least power and leaves the processor to your programs."
            " It does one thing at a time: a suggestion waits for a chat's answer.",
        ),
        Place.INTEGRATED_BEFORE_EMULATED: Reason(
            "needs no translation by Windows",
            "Windows has to translate for this processor, which slows its cores down;"
            " its graphics need no translation.",
        ),
        Place.PROCESSOR: Reason(
            "keeps suggesting during a chat",
            "It works everywhere, keeps what it has read, and answers a suggestion while"
            " a chat is being written.",
        ),
        Place.INTEGRATED: Reason(
            "leaves the cores free", "It leaves the processor's cores to your programs."
        ),
        Place.NPU: Reason(
            "draws the least power",
            "It draws the least power, but takes seconds to read a long prompt.",
        ),
        Place.ANOTHER_WAY: Reason(
            "measuring may name a better one",
            "Of those that can be used here none is known to be better. Measuring them tells"
            " which is the fastest.",
        ),
    }
)

_ALONE = Reason("the only one here", "There is no other here to choose from.")

_RATHER_NPU = " On battery the NPU draws less, but takes longer to begin."


@dataclass(frozen=True)
class Recommendation:
    """The accelerator to take, and why."""

    id: str
    why: Reason


@dataclass(frozen=True)
class _Ranked:
    row: Accelerator
    place: Place


def recommend(rows: Iterable[Accelerator], machine: Machine) -> Recommendation | None:
    """Choose among those that are usable and run a model; None where there is none."""
    # What answers without a model of ours is for trying the product out.
    choices = [row for row in rows if row.usable and row.model is not None]
    ranked = [_Ranked(row, place_of(row, machine)) for row in in_order(choices, machine)]
    if not ranked:
        return None
    first, *others = ranked
    if faster := _clearly_faster(first, others):
        return _measured(faster.row, first.row)
    slower = next((one.row for one in others if _ties(first, one)), None)
    if slower is not None:
        return _measured(first.row, slower)
    if first.place is Place.ANOTHER_WAY and not others:
        return Recommendation(first.row.id, _ALONE)
    why = _REASONS[first.place]
    others_places = {one.place for one in others}
    if first.place in (Place.CARD, Place.CORE_ULTRA_GRAPHICS) and Place.FAST_NPU in others_places:
        why = replace(why, full=why.full + _RATHER_NPU)
    return Recommendation(first.row.id, why)


def in_order(rows: Iterable[Accelerator], machine: Machine) -> list[Accelerator]:
    """Put the best first, by the order above; of the same place, the one measured to be quicker."""
    placed = [_Ranked(row, place_of(row, machine)) for row in rows]
    # Another model's speed says nothing of the accelerator: what most of a place run is compared.
    models = {
        place: mode(one.row.model for one in placed if one.place is place)
        for place in {one.place for one in placed}
    }

    def rank(one: _Ranked) -> tuple[Place, float]:
        row, place = one.row, one.place
        speed = row.tokens_per_second if row.model == models[place] else None
        return place, -(speed or 0)

    return [one.row for one in sorted(placed, key=rank)]


def _measured(faster: Accelerator, slower: Accelerator) -> Recommendation:
    speed, than = _figure(faster.tokens_per_second), _figure(slower.tokens_per_second)
    full = f"Measured here, it writes {speed} tokens/s; {slower.name} writes {than}."
    return Recommendation(faster.id, Reason("measured to be faster here", full))


def _figure(tokens_per_second: float | None) -> str:
    """Write a speed as people read it: one digit more below ten, where it counts."""
    speed = tokens_per_second or 0.0
    return f"{speed:.1f}" if speed < 9.95 else f"{speed:.0f}"


def _ties(first: _Ranked, other: _Ranked) -> bool:
    """Tell whether another of the same place was measured with the same model, to be no faster."""
    speed, than = first.row.tokens_per_second, other.row.tokens_per_second
    return (
        other.place is first.place
        and other.row.model == first.row.model
        and speed is not None
        and than is not None
        and than <= speed
    )


def _clearly_faster(first: _Ranked, others: Iterable[_Ranked]) -> _Ranked | None:
    """Return the fastest of those that were measured to be so much faster than the first."""
    than = first.row.tokens_per_second
    if than is None:
        return None
    faster = [
        one
        for one in others
        if one.row.model == first.row.model
        and (one.row.tokens_per_second or 0) >= than * _factor(one)
    ]
    return max(faster, key=lambda one: one.row.tokens_per_second or 0, default=None)


def _factor(ranked: _Ranked) -> float:
    row = ranked.row
    together = row.backend == _GENAI and _kind(row) in ("CPU", "GPU")
    return CLEARLY_FASTER if together else CLEARLY_FASTER_ALONE


def place_of(row: Accelerator, machine: Machine) -> Place:
    """Return an accelerator's place in the order above."""
    way = (row.backend, _kind(row))
    match way:
        case (backend, "GPU") if backend == _GENAI:
            return _intel_graphics(row, machine)
        case (backend, "NPU") if backend == _GENAI:
            fast = any(npu.fast and npu.maker is Maker.INTEL for npu in machine.npus or ())
            return Place.FAST_NPU if fast else Place.NPU
        case (backend, "CPU") if backend == _GENAI:
            return Place.PROCESSOR
    if way == _CUDA:
        return Place.CARD
    if way == _DIRECTML:
        return _through_directml(row, machine)
    return Place.ANOTHER_WAY


def _intel_graphics(row: Accelerator, machine: Machine) -> Place:
    gpu = gpu_of(row, machine)
    if gpu is not None and gpu.discrete:
        return Place.CARD
    core_ultra = any(npu.maker is Maker.INTEL for npu in machine.npus or ())
    return Place.CORE_ULTRA_GRAPHICS if core_ultra else Place.INTEGRATED


def _through_directml(row: Accelerator, machine: Machine) -> Place:
    gpu = gpu_of(row, machine)
    if gpu is None or gpu.maker is Maker.INTEL:
        # The same graphics through OpenVINO answer several requests at once.
        return Place.ANOTHER_WAY
    if gpu.discrete:
        return Place.CARD
    return Place.INTEGRATED_BEFORE_EMULATED if machine.processor.emulated else Place.INTEGRATED


def _kind(row: Accelerator) -> str:
    return row.device.partition(".")[0]
