// The layers of the extension; each rule says what it protects.
// What decides, without an editor around it, so that plain tests can hold it to its word.
const pure =
  "^extension/src/(?:assertNever|errors|notificationText|offering/(?!windowOffering)|settings|sizes|time|generated/|commandTable|completion/(?:explanation/(?:page|style)|fit|outcomes|shown|snooze)\\." +
  "|setup/(?:notice|notRunning)" +
  "|colours/(?!themeColours\\.)" +
  "|accelerator/(?:latest|markdown|measured|menuEntries|rows|speed|status(?:Input|Tooltip|View)|target)" +
  "|lists/plain|models/(?:modelRows|offer|quantizations\\.|removals)|runtimes/runtimeRows" +
  "|sidecar/(?:candidates|failure|installation|interpreter|launch|outcome|probe|process|restartPolicy" +
  "|supervisor)" +
  "|chat/(?!(?:actions|chat|chatCommands|code/attachments|conversationPicker|panel/panel)\\.ts)" +
  "|webview/(?:composing|draftKeeper|examples|panelState|slashCommands|wording))";

export default {
  forbidden: [
    {
      name: "no-cycles",
      comment: "A cycle is two modules that are one.",
      severity: "error",
      from: {},
      to: { circular: true, dependencyTypesNot: ["type-only"] },
    },
    {
      name: "unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^vscode$" },
    },
    {
      name: "webview-has-no-editor",
      comment: "A webview runs in a browser: neither the editor's API nor Node is there.",
      severity: "error",
      from: { path: "^extension/src/webview/" },
      to: {
        path: "^(?:vscode|vscode-languageclient)|^extension/src/(?!webview/|generated/|assertNever|timeAgo)",
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "answers-are-drawn-alone",
      comment: "What draws a model's text knows neither the panel around it nor its messages.",
      severity: "error",
      from: { path: "^extension/src/webview/markdown/", pathNot: "\\.test\\.ts$" },
      to: { path: "^extension/src/(?!webview/markdown/|assertNever)" },
    },
    {
      name: "webview-has-no-node",
      severity: "error",
      from: { path: "^extension/src/webview/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "only-the-root-knows-everything",
      comment: "Nothing imports the composition root.",
      severity: "error",
      from: {},
      to: { path: "^extension/src/extension\\.ts$" },
    },
    {
      name: "pure-without-editor",
      comment: "Settings, clocks and processes come to it as values.",
      severity: "error",
      from: { path: pure },
      to: { path: "^vscode(?:-languageclient)?", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "generated-stands-alone",
      comment: "The protocol's types depend on nothing but each other.",
      severity: "error",
      from: { path: "^extension/src/generated/" },
      to: { pathNot: "^extension/src/generated/" },
    },
    {
      name: "one-module-reads-settings",
      comment: "A setting has one name, one default and one place.",
      severity: "error",
      from: { path: pure },
      to: { path: "^extension/src/config\\.ts$" },
    },
    {
      name: "no-tests-in-the-product",
      severity: "error",
      from: { path: "^extension/src/", pathNot: "\\.(?:test|fixture)\\.ts$" },
      to: { path: "\\.(?:test|fixture)\\.ts$|^tests/" },
    },
    {
      name: "no-development-packages-in-the-product",
      severity: "error",
      from: { path: "^extension/src/", pathNot: "\\.test\\.ts$" },
      to: {
        dependencyTypes: ["npm-dev"],
        dependencyTypesNot: ["type-only"],
        pathNot: "^vscode$|@types/vscode",
      },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: [".ts", ".mjs", ".js"],
      exportsFields: ["exports"],
      conditionNames: ["node", "import", "require"],
    },
  },
};
