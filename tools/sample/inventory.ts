/** One kind of thing in a warehouse. */
export interface Item {
  name: string;
  price: number;
  quantity: number;
}

/** Keeps count of what lies in a warehouse. */
export class Inventory {
  private readonly items = new Map<string, Item>();

  add(name: string, price: number, quantity: number): void {
    const item = this.items.get(name) ?? { name, price, quantity: 0 };
    this.items.set(name, { ...item, price, quantity: item.quantity + quantity });
  }

  totalValue(): number {
    let total = 0;
    for (const item of this.items.values()) {
      total += item.price * item.quantity;
    }
    return total;
  }
}
