"""How the figures are told: as a table for a terminal, as Markdown, as JSON."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from measuring.figures import Aim, Figure, Section, Spread

NOTHING = "-"


def as_table(machine: Mapping[str, object], sections: Sequence[Section]) -> str:
    """Return what a person reads on a terminal."""
    lines = [machine_line(machine)]
    for section in sections:
        lines += ["", section.title]
        if section.missing is not None:
            lines.append(f"  not measured: {section.missing}")
            continue
        for place, table in enumerate(section.tables):
            lines += [""] if place else []
            lines += _aligned([table.columns, *table.rows])
        if not section.tables:
            rows = [("", "median", "least … most", "n"), *(_cells(f) for f in section.figures)]
            lines += _aligned(rows)
        if section.note:
            lines.append(f"  {section.note}")
    aims = [aim for section in sections for aim in section.aims]
    if aims:
        lines += ["", "Aims"]
        lines += _aligned([("", "measured", "aim", "ratio"), *(_aim_cells(aim) for aim in aims)])
    return "\n".join(lines)


def as_markdown(machine: Mapping[str, object], sections: Sequence[Section]) -> str:
    """Return what the README shows."""
    lines = [machine_line(machine)]
    for section in sections:
        lines += ["", f"**{section.title}**", ""]
        if section.missing is not None:
            lines.append(f"Not measured: {section.missing}")
            continue
        for place, table in enumerate(section.tables):
            lines += [""] if place else []
            lines += [
                _markdown_row(table.columns),
                "|---" + "|--:" * (len(table.columns) - 1) + "|",
            ]
            lines += map(_markdown_row, table.rows)
        if not section.tables:
            lines += ["| | median | least … most | n |", "|---|--:|--:|--:|"]
            lines += [_markdown_row(_cells(figure)) for figure in section.figures]
        if section.note:
            lines += ["", section.note]
    aims = [aim for section in sections for aim in section.aims]
    if aims:
        lines += ["", "**Aims**", "", "| | measured | aim | ratio |", "|---|--:|--:|--:|"]
        lines += [_markdown_row(_aim_cells(aim)) for aim in aims]
    return "\n".join(lines)


def as_json(machine: Mapping[str, object], sections: Sequence[Section]) -> dict[str, Any]:
    """Return one JSON object."""
    return {
        "machine": dict(machine),
        "sections": {section.name: _section_json(section) for section in sections},
        "aims": [_aim_json(aim) for section in sections for aim in section.aims],
    }


def machine_line(machine: Mapping[str, object]) -> str:
    """Return where it was measured, in a line."""
    return " · ".join(str(value) for value in machine.values())


def _markdown_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _section_json(section: Section) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": section.title,
        "missing": section.missing,
        "note": section.note or None,
        "seconds": round(section.seconds, 1),
        "figures": [_figure_json(figure) for figure in section.figures],
    }
    if section.tables:
        told["tables"] = [
            [dict(zip(table.columns, row, strict=True)) for row in table.rows]
            for table in section.tables
        ]
    return told


def _figure_json(figure: Figure) -> dict[str, Any]:
    spread = figure.spread
    told: dict[str, Any] = {
        "name": figure.name,
        "unit": figure.unit,
        "median": _rounded(figure.middle),
    }
    if spread is not None:
        told |= {"min": _rounded(spread.least), "max": _rounded(spread.most)}
    if figure.count is not None:
        told["n"] = figure.count
    return told


def _aim_json(aim: Aim) -> dict[str, Any]:
    return {
        "name": aim.name,
        "unit": aim.unit,
        "measured": _rounded(aim.measured),
        "aim": aim.limit,
        "ratio": _rounded(aim.ratio),
        "met": aim.met,
    }


def _cells(figure: Figure) -> tuple[str, str, str, str]:
    spread = figure.spread
    return (
        figure.name,
        with_unit(figure.middle, figure.unit),
        NOTHING if spread is None else _range(spread),
        NOTHING if figure.count is None else str(figure.count),
    )


def _aim_cells(aim: Aim) -> tuple[str, str, str, str]:
    word = {True: "ok", False: "over", None: "not measured"}[aim.met]
    ratio = word if aim.ratio is None else f"{aim.ratio:.2f} {word}"
    return aim.name, with_unit(aim.measured, aim.unit), with_unit(aim.limit, aim.unit), ratio


def _range(spread: Spread) -> str:
    return f"{number(spread.least)} … {number(spread.most)}"


def with_unit(value: float | None, unit: str) -> str:
    """Return a value as people read it; a dash for none."""
    return NOTHING if value is None else f"{number(value)} {unit}".rstrip()


def number(value: float) -> str:
    """Return a number with as many digits as mean something."""
    if value == int(value) or abs(value) >= 100:
        return f"{value:.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _aligned(rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the rows as lines: the first column to the left, the others to the right."""
    kept = [tuple(row) for row in rows]
    widths = [max(len(row[column]) for row in kept) for column in range(len(kept[0]))]
    lines = []
    for first, *others in kept:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append(("  " + "  ".join([first.ljust(widths[0]), *cells])).rstrip())
    return lines
