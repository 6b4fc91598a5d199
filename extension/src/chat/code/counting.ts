import { isCancellation, toldBy } from "../../errors";
import { ErrorCode, Method } from "../../generated/methods";
import type { Attachment, AttachmentFit, Status } from "../../generated/protocol";
import type { Connection } from "../../sidecar/connection";
import type { SidecarState } from "../../sidecar/supervisor";
import type { AttachedCode } from "../conversation/conversation";

/** About four characters a token, which OpenAI's tokenizer guide gives for English text. */
const charactersPerToken = 4;

/** Guesses the size of code where no sidecar is there to count. */
export function estimatedFit(text: string): AttachmentFit {
  const tokens = Math.ceil(text.length / charactersPerToken);
  const lines = text.split(/\r\n|\r|\n/).length;
  return { tokens, keptTokens: tokens, lines, firstLine: 0, endLine: lines, exact: false };
}

/** What a count depends on, as text to compare: whether one counts at all, and for which model. */
export function counterOf(sidecar: SidecarState, status: Status | undefined): string {
  return sidecar.kind !== "running" || status === undefined
    ? sidecar.kind
    : [status.phase === "ready", status.model?.id, status.contextWindow].join(" ");
}

/** What the sidecar says of an attachment. */
type Asked =
  | { readonly kind: "fits"; readonly fit: AttachmentFit }
  | { readonly kind: "refused"; readonly reason: string };

/** Asks the sidecar; undefined where it cannot say, and the estimate stays. */
export async function fitOf(
  connection: Connection | undefined,
  attachment: Attachment,
): Promise<Asked | undefined> {
  try {
    const fit = await connection?.request(Method.phiFitAttachment, { attachment });
    return fit === undefined ? undefined : { kind: "fits", fit };
  } catch (error) {
    if (isCancellation(error) || (error as { code?: unknown }).code !== ErrorCode.excludedFile) {
      return undefined;
    }
    const { message, remedy } = toldBy(error);
    return { kind: "refused", reason: [message, remedy].filter(Boolean).join(" ") };
  }
}

/** What came of counting several. */
export interface Counted {
  /** In their order; what was known of those that could not be counted. */
  readonly fits: readonly AttachmentFit[];
  /** The ids of those that are never read into a prompt. */
  readonly refused: readonly string[];
}

export async function countAll(
  connection: Connection | undefined,
  attachments: readonly AttachedCode[],
): Promise<Counted> {
  const asked = await Promise.all(
    attachments.map(({ attachment }) => fitOf(connection, attachment)),
  );
  const fits = attachments.map(({ fit }, index) => {
    const one = asked[index];
    return one?.kind === "fits" ? one.fit : fit;
  });
  const refused = attachments.filter((_one, index) => asked[index]?.kind === "refused");
  return { fits, refused: refused.map(({ id }) => id) };
}
