"""Keep count of what lies in a warehouse."""

from dataclasses import dataclass


@dataclass
class Item:
    """One kind of thing."""

    name: str
    price: float
    quantity: int = 0


class Inventory:
    """All the items, by name."""

    def __init__(self) -> None:
        """Start with an empty warehouse."""
        self.items: dict[str, Item] = {}

    def add(self, name: str, price: float, quantity: int) -> None:
        """Add so many of an item, at its newest price."""
        item = self.items.setdefault(name, Item(name, price))
        item.price = price
        item.quantity += quantity

    def remove(self, name: str, quantity: int) -> None:
        """Take so many of an item out."""
        item = self.items[name]
        if item.quantity < quantity:
            raise ValueError(f"only {item.quantity} of {name} left")
        item.quantity -= quantity

    def total_value(self) -> float:
        """Say what everything is worth together."""
        return sum(item.price * item.quantity for item in self.items.values())
