/** What the panel's page is made of. */
export interface PanelPage {
  /** The webview's own source, for the content security policy. */
  readonly cspSource: string;
  /** Addresses of the bundled files. */
  readonly script: string;
  readonly style: string;
  readonly icons: string;
}

/**
 * Writes the panel's page.
 *
 * Nothing is allowed that the bundle does not bring: no inline script or style, no image, no
 * connection, no frame, no form. Markup is only ever made by the two named policies.
 */
export function panelHtml({ cspSource, script, style, icons }: PanelPage): string {
  const policy = [
    "default-src 'none'",
    `script-src ${cspSource}`,
    `style-src ${cspSource}`,
    `font-src ${cspSource}`,
    "form-action 'none'",
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types lit-html dompurify 'allow-duplicates'",
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>Phi chat</title>
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${icons}">
<link rel="stylesheet" href="${style}">
</head>
<body>
<phi-chat></phi-chat>
<script type="module" src="${script}"></script>
</body>
</html>
`;
}
