/**
 * Makes text mean itself in a notification.
 *
 * There the editor draws `[words](command:…)` as a link that runs the command, and a file may have
 * such a name.
 */
export function notificationText(text: string): string {
  return text.replaceAll("](", "] (");
}
