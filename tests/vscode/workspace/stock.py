"""Keep track of what is in the store."""

from dataclasses import dataclass


@dataclass
class Item:
    """One kind of thing in the store."""

    name: str
    price: float
    quantity: int


def total_value(items: list[Item]) -> float:
    """Return what everything in the store is worth."""
    total = 0.0
    for item in items:
        total += item.price * item.quantity
    return total


