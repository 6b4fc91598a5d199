import { performance } from "node:perf_hooks";
import { EventEmitter, type ExtensionContext, languages, window, workspace } from "vscode";

import { AcceleratorMeasuring } from "./accelerator/measuring";
import { createStatusBar } from "./accelerator/statusBar";
import type { Completions, StatusInput } from "./accelerator/statusInput";
import { AcceleratorSwitch } from "./accelerator/switch";
import { Chat } from "./chat/chat";
import { chatCommands } from "./chat/chatCommands";
import { productCommands, registerCommands } from "./commands";
import { ExplanationPanel } from "./completion/explanation/panel";
import { type LastCompletion, lastCompletionOf } from "./completion/outcomes";
import { GhostTextProvider } from "./completion/provider";
import { timeOfDay } from "./completion/snooze";
import { windowSnooze } from "./completion/windowSnooze";
import { onDidChange, readLogLevel, readPython, readSettings } from "./config";
import { documentSelector } from "./documents";
import type { Status } from "./generated/protocol";
import { ModelLibrary } from "./models/modelLibrary";
import type { Better } from "./offering/better";
import { WindowOffering } from "./offering/windowOffering";
import { ReportDocument } from "./report/reportDocument";
import { Runtimes } from "./runtimes/runtimes";
import { isLanguageOn, toSidecarSettings } from "./settings";
import { showFailure, showNotice } from "./setup/messages";
import { type Notice, noticeOf } from "./setup/notice";
import { connect } from "./sidecar/connect";
import { type SidecarState, Supervisor } from "./sidecar/supervisor";
import { sleep } from "./time";

/** What the extension exports. */
export interface Api {
  /** How long our own part of the activation took. */
  readonly activationMs: number;
}

let deactivation: (() => Promise<void>) | undefined;

/** Puts the parts together and starts the sidecar without waiting for it. */
export function activate(context: ExtensionContext): Api {
  const began = performance.now();
  const log = window.createOutputChannel("Phi Sidecar", { log: true });
  const statusBar = createStatusBar();
  let settings = readSettings();
  let status: Status | undefined;
  let better: Better | undefined;
  let lastCompletion: LastCompletion | undefined;
  const sidecarChanged = new EventEmitter<void>();

  const supervisor = new Supervisor({
    connect: (signal) =>
      connect(
        {
          extensionFolder: context.extensionPath,
          storageFolder: context.globalStorageUri.fsPath,
          log,
          python: readPython,
          logLevel: readLogLevel,
          settings: () => toSidecarSettings(settings),
          statusChanged,
        },
        signal,
      ),
    nowMs: () => performance.now(),
    sleep,
    changed: stateChanged,
  });
  deactivation = async () => {
    // First, for what an ending sidecar breaks off must not be kept as its failure.
    await chat.close();
    await supervisor.stop();
    // Not among the subscriptions: the editor disposes of those while the sidecar still ends.
    statusBar.dispose();
    log.dispose();
  };

  const statusInput = (): StatusInput => ({
    sidecar: supervisor.state,
    status,
    completions: completionsHere(),
    better,
    lastCompletion,
  });
  const refresh = () => statusBar.show(statusInput());
  const snooze = windowSnooze(context.workspaceState, refresh);
  const sidecar = {
    state: () => supervisor.state,
    status: () => status,
    onDidChange: sidecarChanged.event,
  };
  const accelerators = new AcceleratorSwitch(sidecar);
  const measuring = new AcceleratorMeasuring(sidecar, accelerators);
  const models = new ModelLibrary(sidecar, accelerators);
  const runtimes = new Runtimes(sidecar);
  const report = new ReportDocument();
  const explanations = new ExplanationPanel();
  const offering = new WindowOffering({
    sidecar,
    accelerators,
    models,
    memory: context.globalState,
    tell: (now) => {
      better = now;
      refresh();
      chat.session.tellBetter(now);
    },
  });
  const ghostText = new GhostTextProvider({
    connection: () => supervisor.connection,
    completionsOn: () => settings["completion.enabled"],
    snoozed: () => snooze.untilMs !== undefined,
    answered: (result, tookMs) => {
      const last = lastCompletionOf(result, tookMs);
      if (last !== undefined) {
        lastCompletion = last;
        refresh();
      }
    },
    accepted: () => offering.accepted(),
    log,
  });
  const chat = new Chat({
    extensionUri: context.extensionUri,
    storageUri: context.storageUri ?? context.globalStorageUri,
    log,
    answered: () => offering.answered(),
    typed: () => offering.typed(),
    seen: () => offering.seen(),
  });

  function completionsHere(): Completions {
    if (!settings["completion.enabled"]) {
      return { kind: "off" };
    }
    const languageId = window.activeTextEditor?.document.languageId;
    if (languageId !== undefined && !isLanguageOn(settings["completion.languages"], languageId)) {
      return { kind: "offForLanguage", languageId };
    }
    return snooze.untilMs === undefined
      ? { kind: "on", languageId }
      : { kind: "snoozed", until: timeOfDay(snooze.untilMs) };
  }

  function stateChanged(state: SidecarState): void {
    if (state.kind !== "running") {
      // What a sidecar said of itself ends with it, and what it remembers of completions.
      status = undefined;
      lastCompletion = undefined;
    }
    refresh();
    sidecarChanged.fire();
    if (state.kind === "failed") {
      log.error(`${state.failure.reason} ${state.failure.remedy}`);
      void showFailure(state.failure);
    }
  }

  function statusChanged(now: Status): void {
    const notice = noticeOf(status, now);
    status = now;
    refresh();
    sidecarChanged.fire();
    // A switch tells itself why it failed, and where the person ended it there is nothing to tell.
    if (notice !== undefined && !accelerators.underWay) {
      void offerAnotherTry(notice);
    }
  }

  async function offerAnotherTry(notice: Notice): Promise<void> {
    if (await showNotice(notice)) {
      await accelerators.select({
        accelerator: { id: notice.accelerator, name: notice.acceleratorName },
      });
    }
  }

  context.subscriptions.push(
    sidecarChanged,
    sidecarChanged.event(() => chat.update(supervisor.state, status)),
    chat,
    snooze,
    report,
    explanations,
    offering,
    ...registerCommands({
      ...productCommands({
        supervisor,
        accelerators,
        measuring,
        models,
        runtimes,
        snooze,
        report,
        explanations,
        suggestHere: () => ghostText.askHere(),
        log,
        statusInput,
      }),
      ...chatCommands(chat),
    }),
    ghostText,
    languages.registerInlineCompletionItemProvider([...documentSelector], ghostText),
    onDidChange({
      settings: () => {
        const before = completionsHere().kind;
        settings = readSettings();
        refresh();
        supervisor.connection?.sendSettings(toSidecarSettings(settings)).catch(() => undefined);
        if (before !== "on" && completionsHere().kind === "on") {
          // Who turns them on wants them now, not with the next key.
          ghostText.askHere();
        }
      },
      launch: () => void supervisor.restart(),
    }),
    window.onDidChangeActiveTextEditor(refresh),
    // The editor tells of a document that gets another language as of one that is opened.
    workspace.onDidOpenTextDocument((document) => {
      if (document === window.activeTextEditor?.document) {
        refresh();
      }
    }),
    workspace.onDidGrantWorkspaceTrust(() => {
      settings = readSettings();
      // A trusted folder may bring the interpreter that was missing.
      if (supervisor.state.kind === "failed") {
        void supervisor.restart();
      }
    }),
  );

  void supervisor.restart();
  return { activationMs: performance.now() - began };
}

/** Ends the sidecar; the editor waits for it. */
export async function deactivate(): Promise<void> {
  await deactivation?.();
}
