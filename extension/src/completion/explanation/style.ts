/** How the page looks: in the colours of the active theme, as the editor gives them to it. */
export const style = `
body { padding: 0 1.5rem 2rem; font-size: var(--vscode-font-size); color: var(--vscode-foreground); }
main { max-width: 60rem; margin: 0 auto; }
h1 { font-size: 1.6em; font-weight: 600; margin: 1.2rem 0 0.4rem; }
h2 { font-size: 1em; font-weight: 600; margin: 1rem 0 0.3rem; }
h3 { font-size: 0.9em; font-weight: 600; margin: 0 0 0.2rem; color: var(--vscode-descriptionForeground); }
a { color: var(--vscode-textLink-foreground); text-decoration: underline; }
.about, .empty { color: var(--vscode-descriptionForeground); }
.about a { white-space: nowrap; }
.toggle { display: inline-flex; align-items: center; gap: 0.4rem; margin-bottom: 0.6rem; }
.entries { border: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); border-radius: 6px; overflow: hidden; }
.entry + .entry { border-top: 1px solid var(--vscode-widget-border, var(--vscode-contrastBorder, transparent)); }
.entry > summary { display: grid; grid-template-columns: auto 6.5em minmax(10em, 1fr) minmax(0, auto) 5.5em; gap: 0.8em; align-items: baseline; padding: 0.45rem 0.8rem; cursor: pointer; list-style: none; }
.entry > summary::-webkit-details-marker { display: none; }
.entry > summary::before { content: "›"; color: var(--vscode-descriptionForeground); width: 0.8em; text-align: center; }
.entry[open] > summary::before { transform: rotate(90deg); }
.entry > summary:hover { background: var(--vscode-list-hoverBackground); }
.entry[open] > summary { background: var(--vscode-sideBar-background); }
summary:focus-visible, pre:focus-visible, a:focus-visible { outline: 1px solid var(--vscode-focusBorder); outline-offset: -1px; }
time, .total, .ms { font-variant-numeric: tabular-nums; white-space: nowrap; color: var(--vscode-descriptionForeground); }
.total, .ms { text-align: right; }
.outcome { font-weight: 600; }
.yes .outcome::before { content: "✓ "; color: var(--vscode-testing-iconPassed, inherit); }
.passed .outcome { font-weight: 400; color: var(--vscode-descriptionForeground); }
.place { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; direction: rtl; text-align: right; font-family: var(--vscode-editor-font-family); font-size: 0.95em; unicode-bidi: plaintext; }
.body { padding: 0.2rem 1.2rem 1rem 2.4rem; }
.detail { margin: 0.5rem 0 0.7rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1.2rem; margin: 0.5rem 0; }
dt { color: var(--vscode-descriptionForeground); }
dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; }
th { font-weight: 400; text-align: left; padding: 0.1rem 1.2rem 0.1rem 0; }
td { padding: 0.1rem 0.8rem 0.1rem 0; }
rect { fill: var(--vscode-progressBar-background); }
.prompt { margin-top: 1rem; }
.prompt > summary, li > details > summary { cursor: pointer; }
.prompt > summary { font-weight: 600; }
pre { margin: 0.3rem 0; padding: 0.6rem 0.8rem; max-height: 24rem; overflow: auto; white-space: pre; tab-size: 4; font-family: var(--vscode-editor-font-family); font-size: var(--vscode-editor-font-size); background: var(--vscode-textCodeBlock-background); color: var(--vscode-editor-foreground); border-radius: 4px; }
ol { margin: 0.2rem 0; padding-left: 1.4rem; }
.change { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.8rem; margin: 0.4rem 0 0.6rem; }
.change p { margin: 0.3rem 0; }
@media (max-width: 32rem) {
  body { padding: 0 0.6rem 1rem; }
  .entry > summary { grid-template-columns: auto minmax(0, 1fr) auto; }
  .entry > summary::before { grid-row: 1 / span 3; }
  .outcome, .place { grid-column: 2 / -1; }
  .place { text-align: left; }
  .total { grid-area: 1 / 3; }
  .body { padding: 0.2rem 0.8rem 1rem; }
  dl, .change { grid-template-columns: minmax(0, 1fr); }
  dd { margin-bottom: 0.4rem; }
  td svg { max-width: 20vw; }
}
body:not(:has(#all:checked)) .passed { display: none; }
body:has(#all:checked) .none { display: none; }
`;
