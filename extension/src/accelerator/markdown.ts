/** Makes text mean itself in Markdown: no links, no emphasis, no icons. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!~<>|]/g, "\\$&");
}
