/** What the person may do with code and links in an answer. */
export interface AnswerActions {
  copy(text: string): void;
  insert(text: string): void;
  newFile(text: string, languageId: string): void;
  openLink(href: string): void;
}
