import { plain } from "../lists/plain";

/** Makes text mean itself in Markdown: no links, no emphasis, no icons. */
export function escapeMarkdown(text: string): string {
  // Icons are drawn from what is left when Markdown's own escapes are gone.
  return plain(text).replace(/[\\`*_{}[\]()#+\-!~<>|]/g, "\\$&");
}
