import { QuickInputButtons, type QuickPickItem, window } from "vscode";

/** A list that follows another one. */
export interface Step<Item extends QuickPickItem> {
  readonly title: string;
  readonly placeholder: string;
  readonly items: readonly Item[];
  /** The line that is marked when it opens. */
  readonly marked?: Item;
  /** Whether taking a line closes the list; every line does where this is left out. */
  takes?(item: Item): boolean;
}

/** Lets the person take a line or go back; undefined where they close the list. */
export function pickStep<Item extends QuickPickItem>(
  step: Step<Item>,
): Promise<Item | "back" | undefined> {
  const list = window.createQuickPick<Item>();
  list.title = step.title;
  list.placeholder = step.placeholder;
  list.items = step.items;
  list.matchOnDescription = true;
  list.matchOnDetail = true;
  list.buttons = [QuickInputButtons.Back];
  if (step.marked !== undefined) {
    list.activeItems = [step.marked];
  }
  return new Promise((resolve) => {
    const finish = (result: Item | "back" | undefined) => {
      // First, because disposing of the list hides it, which ends up here again.
      resolve(result);
      list.dispose();
    };
    list.onDidAccept(() => {
      const [item] = list.selectedItems;
      if (item !== undefined && (step.takes?.(item) ?? true)) {
        finish(item);
      }
    });
    list.onDidTriggerButton(() => finish("back"));
    list.onDidHide(() => finish(undefined));
    list.show();
  });
}
