import { type QuickPick, type QuickPickItem, ThemeIcon, window } from "vscode";
import { timeAgo } from "../timeAgo";
import type { ConversationSummary } from "./conversation/conversation";
import type { ChatSession } from "./session";

interface Row extends QuickPickItem {
  readonly id: string;
}

const remove = { iconPath: new ThemeIcon("trash"), tooltip: "Delete" };
// A row's own buttons cannot be reached by the keyboard.
const removeActive = { ...remove, tooltip: "Delete the conversation that is marked in the list" };

/** Lets the person pick a conversation, which `reveal` then makes room for. */
export async function pickConversation(
  session: ChatSession,
  reveal: () => Promise<void>,
): Promise<void> {
  const chosen = await choose(session);
  if (chosen !== undefined) {
    await reveal();
    await session.open(chosen.id);
  }
}

/** Resolves with the row that was taken, or without one when the list was closed. */
async function choose(session: ChatSession): Promise<Row | undefined> {
  const pick = window.createQuickPick<Row>();
  pick.title = "Conversations";
  pick.matchOnDescription = true;
  pick.buttons = [removeActive];
  pick.busy = true;
  const closed = new Promise<Row | undefined>((resolve) => {
    const deleteRow = (row: Row | undefined) => {
      if (row !== undefined) {
        takeOut(pick, row);
        // The list may have been closed by then.
        session.delete(row.id).catch(tellNotDeleted);
      }
    };
    pick.onDidTriggerItemButton(({ item }) => deleteRow(item));
    pick.onDidTriggerButton(() => deleteRow(pick.activeItems[0]));
    pick.onDidAccept(() => resolve(pick.selectedItems[0]));
    pick.onDidHide(() => resolve(undefined));
  });
  try {
    pick.show();
    fill(
      pick,
      (await session.list()).map((one) => rowOf(one, session)),
    );
    pick.activeItems = pick.items.filter(({ id }) => id === session.shown.id);
    pick.busy = false;
    return await closed;
  } finally {
    pick.dispose();
  }
}

function tellNotDeleted(): void {
  const message = "The conversation could not be deleted, and is still in the list. Try again.";
  void window.showErrorMessage(message);
}

/** Takes a row out of the list at once: the offer to undo stays open for longer. */
function takeOut(pick: QuickPick<Row>, row: Row): void {
  const at = pick.items.findIndex(({ id }) => id === row.id);
  fill(
    pick,
    pick.items.filter(({ id }) => id !== row.id),
  );
  const next = pick.items[Math.min(at, pick.items.length - 1)];
  pick.activeItems = next === undefined ? [] : [next];
}

function fill(pick: QuickPick<Row>, rows: readonly Row[]): void {
  pick.items = rows;
  pick.placeholder = rows.length > 0 ? "Search by title" : "There are no conversations";
}

function rowOf({ id, title, updatedMs }: ConversationSummary, session: ChatSession): Row {
  const marks = [
    id === session.shown.id ? "open" : "",
    session.isAnswering(id) ? "answering…" : "",
  ].filter(Boolean);
  return {
    id,
    // A title may hold what the editor would draw as an icon.
    label: title.replaceAll("$(", "\\$("),
    description: [timeAgo(updatedMs, Date.now()), ...marks].join(" · "),
    iconPath: new ThemeIcon(id === session.shown.id ? "check" : "comment"),
    buttons: [remove],
  };
}
