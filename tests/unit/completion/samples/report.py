"""Write a report; it's short."""

import csv
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Report:
    """Rows by name (and nothing else)."""

    title: str
    rows: dict[str, list[float]] = field(default_factory=dict)

    def add(self, name: str, *values: float) -> None:
        # A row may come in parts (often does).
        self.rows.setdefault(name, []).extend(values)

    def lines(self, width: int = 10):
        yield f"{self.title:^{width}}"
        for name, values in sorted(self.rows.items()):
            if not values:
                continue
            yield f"{name}: {', '.join(f'{value:.2f}' for value in values)}"


def read(path: Path) -> Report:
    report = Report(title='the "rest"')
    with path.open(newline="") as file:
        for name, *values in csv.reader(file):
            try:
                report.add(name, *[float(value) for value in values])
            except ValueError:
                print(
                    "not a number:",
                    name,
                )
    return report
