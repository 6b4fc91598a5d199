import { describe, expect, test } from "vitest";

import type { CompletionExplanation } from "../../generated/protocol";
import { explanationPage } from "./page";

const suggested: CompletionExplanation = {
  traceId: "completion-7",
  askedAtMs: 1_000,
  uri: "file:///stock.py",
  position: { line: 22, character: 4 },
  triggerKind: 2,
  outcome: "suggested",
  accelerator: "CPU (OpenVINO)",
  model: "SmolLM2 135M",
  question: {
    strategy: "continuation",
    mode: "multiLine",
    prompt: "\n<|user|> a < b && c",
    maxNewTokens: 96,
    skippedChars: 1_234,
    snippets: ["other.py"],
  },
  answer: "return a\n\ndef g():",
  changes: [
    { filter: "scope", before: "return a\n\ndef g():", after: "return a" },
    { filter: "too short", detail: "Only a bracket.", before: ")", after: null },
  ],
  confidence: 0.82,
  neededConfidence: 0.6,
  times: [
    { stage: "pause", ms: 40 },
    { stage: "prefill", ms: 3.25 },
  ],
  metrics: {
    ttftMs: 30,
    tpotMs: 4,
    totalMs: 80,
    promptTokens: 200,
    cachedTokens: 192,
    completionTokens: 12,
    executingDevice: "CPU",
  },
  becameOf: "You took a word of it.",
};

const page = (...explanations: CompletionExplanation[]) =>
  explanationPage({
    explanations,
    nonce: "n0nce",
    nameOf: (uri) => uri.replace("file:///", ""),
    timeOf: (timeMs) => `at ${timeMs}`,
  });

describe("the page that explains completions", () => {
  test("tells when, where, and what came of it", () => {
    const html = page(suggested);
    expect(html).toContain("at 1000");
    expect(html).toContain("stock.py:23:5");
    expect(html).toContain(">Suggested<");
    expect(html).toContain("You took a word of it.");
  });

  test("tells what was asked, answered and changed", () => {
    const html = page(suggested);
    // A line break at the beginning of the text is not lost.
    expect(html).toContain('<pre tabindex="0">\n\n&lt;|user|&gt; a &lt; b &amp;&amp; c</pre>');
    expect(html).toContain("return a\n\ndef g():</pre>");
    expect(html).toContain("<summary>too short: Only a bracket.</summary>");
    expect(html).toContain("<h3>After</h3><p>Nothing.</p>");
    expect(html).toContain("<dd>1,234 characters further up, for want of room</dd>");
    expect(html).toContain("<dd>other.py</dd>");
    expect(html).toContain("<dd>continuation, several lines</dd>");
  });

  test("tells how sure the model was, what was reused, and where the time went", () => {
    const html = page(suggested);
    expect(html).toContain("<dd>82 %, 60 % needed</dd>");
    expect(page({ ...suggested, neededConfidence: 0 })).toContain("82 %, any is shown<");
    expect(html).toContain("<dd>200 tokens, 96 % of them reused</dd>");
    expect(html).toContain("<dd>12 tokens of at most 96</dd>");
    expect(html).toMatch(/Pause, for the next key<\/th><td class="ms">40 ms/);
    expect(html).toMatch(/Reading the prompt<\/th><td class="ms">3\.3 ms/);
    expect(html).toContain(">43 ms</span>");
  });

  test("tells of a refusal no more than there is to tell", () => {
    const { traceId, askedAtMs, uri, position } = suggested;
    const html = page({
      ...{ traceId, askedAtMs, uri, position, triggerKind: 1, outcome: "languageOff" },
      detail: "Completions are off for markdown.",
    });
    expect(html).toContain("Completions are off for markdown.");
    expect(html).toContain("<dt>Asked by</dt><dd>You</dd>");
    expect(html).not.toMatch(/<h2>|<table>|<pre|undefined|null|NaN/);
  });

  test("opens the newest that was not typed past, and hides those that were", () => {
    const passed = { ...suggested, outcome: "superseded" as const };
    const html = page(passed, suggested, { ...suggested });
    expect(html.match(/<details class="entry yes" open>/g)).toHaveLength(1);
    expect(html).toContain('<details class="entry passed">');
    expect(html).toContain("Also show 1 that you typed past");
    expect(page(passed)).toContain("You typed past every one of them.");
    expect(page(suggested)).not.toContain('type="checkbox"');
  });

  test("says what to do where nothing was asked yet", () => {
    expect(page()).toContain("Type into a file, then look again.");
  });

  test("lets nothing that comes from elsewhere be more than text", () => {
    const evil = `<img src=x onerror="alert('1')">`;
    const html = page({
      ...suggested,
      uri: evil,
      detail: evil,
      answer: evil,
      model: evil,
      becameOf: evil,
      question: { strategy: evil, mode: evil, prompt: evil, maxNewTokens: 1, snippets: [evil] },
      changes: [{ filter: evil, detail: evil, before: evil, after: evil }],
    });
    expect(html).not.toContain("<img");
    expect(html.split("&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;")).toHaveLength(14);
  });

  test("allows no script, and no style but its own", () => {
    const html = page(suggested);
    expect(html).toContain(
      `content="default-src 'none'; style-src 'nonce-n0nce'; form-action 'none'; base-uri 'none'"`,
    );
    expect(html).not.toMatch(/<script|style=/);
  });
});
