import type { LastCompletion } from "../completion/outcomes";
import type { Status } from "../generated/protocol";
import type { Better } from "../offering/better";
import type { SidecarState } from "../sidecar/supervisor";

/** Whether the document in front of the person gets completions. */
export type Completions =
  | { readonly kind: "on"; readonly languageId: string | undefined }
  | { readonly kind: "off" }
  | { readonly kind: "offForLanguage"; readonly languageId: string }
  /** None come by themselves until then, such as 14:05. */
  | { readonly kind: "snoozed"; readonly until: string };

/** The last argument of a command that was called from the status bar item or its tooltip. */
export const fromStatusBar = "statusBar";

/** All that the status bar item tells of. */
export interface StatusInput {
  readonly sidecar: SidecarState;
  /** What the running sidecar last said of itself. */
  readonly status: Status | undefined;
  readonly completions: Completions;
  /** What there is in the starter's place; left out for nothing. */
  readonly better?: Better | undefined;
  /** What came of the newest completion in this window; left out before the first. */
  readonly lastCompletion?: LastCompletion | undefined;
}
