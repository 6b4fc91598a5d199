/** What the person can do with one click about a failure. */
export type Fix = "restart" | "openSettings" | "installPython" | "showLog";

/** Why there is no sidecar, in sentences for people. */
export interface Failure {
  readonly reason: string;
  readonly remedy: string;
  readonly fixes: readonly Fix[];
}
