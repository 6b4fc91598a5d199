/** Something to ask: at once, or as a beginning for the person to type on. */
export interface Example {
  readonly kind: "ask" | "fill";
  readonly icon: string;
  readonly title: string;
  readonly text: string;
  /** Whether the open file goes with it. */
  readonly withFile: boolean;
}

/** Four things to ask: about the selection, else about the open file, else about anything. */
export function examplesFor(editor: {
  readonly selection: string | null;
  readonly file: string | null;
}): readonly Example[] {
  if (editor.selection !== null) {
    return [
      ask("book", `Explain ${editor.selection}`, "/explain"),
      ask("wrench", "Find and fix what is wrong in it", "/fix"),
      ask("beaker", "Write tests for it", "/tests"),
      ask("note", "Write its documentation", "/doc"),
    ];
  }
  return [
    editor.file === null
      ? fill("question", "What is the difference between…", "What is the difference between ")
      : aboutFile(editor.file),
    fill("symbol-method", "Write a function that…", "Write a function that "),
    fill("regex", "Write a regular expression that…", "Write a regular expression that "),
    fill("bug", "What does this error mean…", "What does this error mean:\n"),
  ];
}

function ask(icon: string, title: string, text: string): Example {
  return { kind: "ask", icon, title, text, withFile: false };
}

function fill(icon: string, title: string, text: string): Example {
  return { kind: "fill", icon, title, text, withFile: false };
}

function aboutFile(file: string): Example {
  return {
    kind: "fill",
    icon: "book",
    title: `Explain what ${file} does`,
    text: "Explain what this file does, part by part.",
    withFile: true,
  };
}
