"""The tables of docs/quality.md, from the records of the plans."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from quality import manifest, silence_tables, tables
from quality.certainty import agreement
from quality.peers import WAYS as PEERS
from quality.plans import PLANS, Plan
from quality.records import Record, read_records
from quality.strategies import PRODUCT


def folder_of(out: Path, model: str) -> Path:
    """Return where the records of a model lie."""
    return out / model.replace("/", "-")


def markdown(out: Path) -> str:
    """Return the tables of all plans of which there is anything."""
    return "\n\n".join(section for name in PLANS if (section := _section(out, name)))


def _section(out: Path, name: str) -> str:
    plan = PLANS[name]
    runs = {model: _runs(folder_of(out, model), plan) for model in plan.models}
    shown = [
        table
        for model, ways in runs.items()
        if ways
        for table in (_heading(plan, model, ways), *_tables(name, ways))
    ]
    return "\n\n".join([f"## {plan.title}", *shown]) if shown else ""


def _runs(folder: Path, plan: Plan) -> Mapping[str, Sequence[Record]]:
    """Return the records of the plan's holes, of each way that has filled any."""
    ids = manifest.ids(plan.groups, plan.kinds, plan.per_kind)
    runs = {
        way: [record for record in read_records(folder / f"{way}.jsonl") if record.id in ids]
        for way in plan.ways
    }
    return {way: records for way, records in runs.items() if records}


def _heading(plan: Plan, model: str, runs: Mapping[str, Sequence[Record]]) -> str:
    most = max(len(records) for records in runs.values())
    short = [name for name, records in runs.items() if len(records) < most]
    told = f"{model}, {most} holes"
    return f"**{told}**" + (f" (not finished: {', '.join(short)})" if short else "")


def _tables(name: str, runs: Mapping[str, Sequence[Record]]) -> Sequence[str]:
    baseline = tables.best(runs, PEERS)
    compared = [tables.comparison(runs, baseline)] if baseline is not None else []
    match name:
        case "certainty":
            product = runs.get(PRODUCT, ())
            others = {
                f"agreement with {way}": agreement(records)
                for way, records in runs.items()
                if way != PRODUCT
            }
            return [
                silence_tables.levels(product),
                silence_tables.curve(product),
                silence_tables.scores(product, others),
            ]
        case "ways":
            return [
                tables.overview(runs, by=lambda _: "all"),
                *compared,
                tables.overview(runs, by=lambda record: record.kind),
                tables.by_situation(runs),
                tables.filters({way: runs[way] for way in runs if way == PRODUCT}),
            ]
        case "lines":
            return [
                tables.overview(runs, by=lambda _: "all"),
                *compared,
                tables.by_situation(runs),
            ]
        case "sets":
            return [
                tables.overview(runs, by=lambda record: record.group),
                *compared,
                silence_tables.levels_elsewhere(runs.get(PRODUCT, ())),
            ]
        case _:
            return [tables.overview(runs, by=lambda record: record.group), *compared]
