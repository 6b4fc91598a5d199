"""The benchmarks are scripts, not a package that is installed."""

import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]

for folder in ("tests/bench", "tools"):
    if (place := str(CHECKOUT / folder)) not in sys.path:
        sys.path.append(place)
