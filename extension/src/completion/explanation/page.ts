import { TriggerKind } from "../../generated/methods";
import type {
  CompletionExplanation,
  CompletionOutcome,
  CompletionQuestion,
  CompletionStage,
  FilterChange,
  StageTime,
} from "../../generated/protocol";
import { outcomeWords } from "../outcomes";
import { style } from "./style";

/** What the page is written from. */
export interface ExplanationPage {
  /** Newest first. */
  readonly explanations: readonly CompletionExplanation[];
  /** A fresh random word for the content security policy. */
  readonly nonce: string;
  /** How a document is called in this window. */
  nameOf(uri: string): string;
  /** A time of day, to the second. */
  timeOf(timeMs: number): string;
}

/** The only command that the page may run: it looks again. */
export const refreshCommand = "phiSidecar.explainCompletion";

/** Requests of these kinds ended because the next key came: they are many, and tell little. */
const passed: ReadonlySet<CompletionOutcome> = new Set(["stale", "superseded"]);

const stageWords: Readonly<Record<CompletionStage, string>> = {
  pause: "Pause, for the next key",
  context: "Looking around the cursor",
  queue: "Waiting for the model",
  prefill: "Reading the prompt",
  decode: "Writing",
  postprocessing: "Filtering",
  weighing: "Weighing it against others",
};

/**
 * Writes the page: everything on it that comes from elsewhere is text, and nothing on it runs.
 */
export function explanationPage(page: ExplanationPage): string {
  const { explanations, nonce } = page;
  const policy = `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'none'; base-uri 'none'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Why No Suggestion?</title>
<style nonce="${nonce}">${style}</style>
</head>
<body>
<main>
<h1>Why No Suggestion?</h1>
<p class="about">The latest completions of this window, at most 50. They are kept in memory only, and
go when the sidecar ends. <a href="command:${refreshCommand}">Look again</a></p>
${explanations.length === 0 ? nothing : list(page)}
</main>
</body>
</html>
`;
}

const nothing = `<p class="empty">Nothing was asked yet. Type into a file, then look again.</p>`;

function list(page: ExplanationPage): string {
  const { explanations } = page;
  const typedPast = explanations.filter(({ outcome }) => passed.has(outcome)).length;
  const toggle =
    typedPast === 0
      ? ""
      : `<label class="toggle"><input type="checkbox" id="all"> Also show ${typedPast} that you typed past</label>`;
  const newest = explanations.find(({ outcome }) => !passed.has(outcome));
  const all = explanations.map((one) => entry(one, page, one === newest)).join("\n");
  const none =
    newest === undefined ? `<p class="empty none">You typed past every one of them.</p>` : "";
  return `${toggle}\n${none}<div class="entries">\n${all}\n</div>`;
}

function entry(one: CompletionExplanation, page: ExplanationPage, open: boolean): string {
  const { outcome, position, uri, askedAtMs, detail } = one;
  const place = `${page.nameOf(uri)}:${position.line + 1}:${position.character + 1}`;
  const kind = outcome === "suggested" ? "yes" : passed.has(outcome) ? "passed" : "no";
  const totalMs = (one.times ?? []).reduce((sum, { ms }) => sum + ms, 0);
  return `<details class="entry ${kind}"${open ? " open" : ""}>
<summary><time datetime="${new Date(askedAtMs).toISOString()}">${text(page.timeOf(askedAtMs))}</time>
<span class="outcome">${text(outcomeWords[outcome])}</span>
<span class="place">${text(place)}</span>
<span class="total">${totalMs > 0 ? milliseconds(totalMs) : ""}</span></summary>
<div class="body">
${detail ? `<p class="detail">${text(detail)}</p>` : ""}
${facts(one)}
${times(one.times ?? [])}
${question(one.question)}
${answer(one)}
${changes(one.changes ?? [])}
</div>
</details>`;
}

function facts(one: CompletionExplanation): string {
  const { question: asked, metrics, confidence, neededConfidence, becameOf } = one;
  const rows: (readonly [string, string | undefined])[] = [
    ["What you did with it", becameOf ? capitalized(becameOf) : undefined],
    ["Asked by", one.triggerKind === TriggerKind.invoked ? "You" : "Typing"],
    ["Answered from", originOf(one)],
    ["Model", [one.model, one.accelerator].filter(Boolean).join(" on ") || undefined],
    ["Way of asking", asked ? `${asked.strategy}, ${modeWords(asked.mode)}` : undefined],
    [
      "Prompt",
      metrics
        ? `${count(metrics.promptTokens, "token")}, ${share(metrics.cachedTokens, metrics.promptTokens)} of them reused`
        : undefined,
    ],
    [
      "Answer",
      metrics && asked
        ? `${count(metrics.completionTokens, "token")} of at most ${asked.maxNewTokens.toLocaleString("en")}`
        : undefined,
    ],
    ["How sure", sureness(confidence, neededConfidence)],
    [
      "Left out",
      asked?.skippedChars
        ? `${count(asked.skippedChars, "character")} further up, for want of room`
        : undefined,
    ],
    ["Lines of other files", asked?.snippets?.length ? asked.snippets.join(", ") : undefined],
  ];
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== undefined);
  return `<dl>${shown.map(([name, value]) => `<dt>${name}</dt><dd>${text(value)}</dd>`).join("")}</dl>`;
}

function originOf({ fromCache, lookedAhead }: CompletionExplanation): string | undefined {
  if (lookedAhead === true) {
    return "What was computed ahead, while you looked at the one before";
  }
  return fromCache === true ? "What was suggested before" : undefined;
}

function sureness(
  confidence: number | null | undefined,
  needed: number | null | undefined,
): string | undefined {
  if (confidence === null || confidence === undefined) {
    return undefined;
  }
  return `${percent(confidence)}, ${needed ? `${percent(needed)} needed` : "any is shown"}`;
}

function times(all: readonly StageTime[]): string {
  if (all.length === 0) {
    return "";
  }
  const longest = Math.max(...all.map(({ ms }) => ms), 1);
  const rows = all.map(({ stage, ms }) => {
    const width = Math.max(1, Math.round((160 * ms) / longest));
    // An attribute of SVG, which the policy lets be where it would forbid a style.
    const bar = `<svg width="160" height="8" aria-hidden="true"><rect width="${width}" height="8" rx="2"/></svg>`;
    return `<tr><th scope="row">${stageWords[stage]}</th><td class="ms">${milliseconds(ms)}</td><td>${bar}</td></tr>`;
  });
  return `<h2>Time</h2><table>${rows.join("")}</table>`;
}

function question(asked: CompletionQuestion | null | undefined): string {
  return asked
    ? `<details class="prompt"><summary>What the model was asked</summary>${code(asked.prompt)}</details>`
    : "";
}

function answer({ answer: said }: CompletionExplanation): string {
  return said === null || said === undefined
    ? ""
    : `<h2>What the model wrote</h2>${said === "" ? "<p>Nothing.</p>" : code(said)}`;
}

function changes(all: readonly FilterChange[]): string {
  if (all.length === 0) {
    return "";
  }
  const items = all.map(({ filter, detail, before, after }) => {
    const shown = (of: string | null | undefined) => (of ? code(of) : "<p>Nothing.</p>");
    return `<li><details><summary>${text(filter)}${detail ? `: ${text(detail)}` : ""}</summary>
<div class="change"><div><h3>Before</h3>${shown(before)}</div><div><h3>After</h3>${shown(after)}</div></div>
</details></li>`;
  });
  return `<h2>What was changed</h2><ol>${items.join("\n")}</ol>`;
}

const capitalized = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);

const modeWords = (mode: string) =>
  mode === "singleLine" ? "one line" : mode === "multiLine" ? "several lines" : mode;

// A line break right after the tag would be dropped.
const code = (content: string) => `<pre tabindex="0">\n${text(content)}</pre>`;

const count = (amount: number, unit: string) =>
  `${amount.toLocaleString("en")} ${amount === 1 ? unit : `${unit}s`}`;
const percent = (part: number) => `${Math.round(100 * part)} %`;
const share = (part: number, whole: number) => percent(part / Math.max(1, whole));
const milliseconds = (ms: number) =>
  `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString("en")} ms`;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Makes text mean itself, wherever on the page it stands. */
const text = (content: string) =>
  content.replace(/[&<>"']/g, (character) => entities[character] ?? "");
