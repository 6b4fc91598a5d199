import type { ChatCommandName, CommandTable } from "../commandTable";
import type { SlashCommand } from "../generated/protocol";
import type { Chat } from "./chat";
import { pickConversation } from "./conversationPicker";

/** The chat's commands; whatever has something to show opens the panel. */
export function chatCommands(chat: Chat): CommandTable<ChatCommandName> {
  const { session } = chat;
  const ask = (command: SlashCommand) => async () => {
    await chat.open();
    session.askAbout(command);
  };
  const attach = (what: "selection" | "file") => async () => {
    await chat.open();
    session.attach(what);
  };
  return {
    "phiSidecar.newChat": async () => {
      await chat.open();
      session.newChat();
    },
    "phiSidecar.openChat": () => chat.open(),
    "phiSidecar.showConversations": async () => {
      await pickConversation(session, () => chat.open());
    },
    "phiSidecar.stopAnswer": () => session.stop(),
    "phiSidecar.explainSelection": ask("explain"),
    "phiSidecar.fixSelection": ask("fix"),
    "phiSidecar.testSelection": ask("tests"),
    "phiSidecar.documentSelection": ask("doc"),
    "phiSidecar.attachSelection": attach("selection"),
    "phiSidecar.attachFile": attach("file"),
  };
}
