// The golden messages of shared/golden, for the tests that replay them.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

const shared = path.resolve(import.meta.dirname, "../../shared");

export interface Golden {
  name: string;
  /** The type of the schema that the message is, or is not, of. */
  type: string;
  message: unknown;
  /** The message with every default said. */
  complete: unknown;
  /** Refused for a reason that TypeScript's types cannot say, such as a range. */
  onlySchema: boolean;
}

interface Entry {
  part: string;
  name: string;
  message: unknown;
  complete?: unknown;
  onlySchema?: boolean;
}

interface File {
  method?: string;
  type?: string;
  examples: Entry[];
  refused: Entry[];
}

export interface Schema {
  methods: Record<string, Record<string, string>>;
  $defs: Record<string, unknown>;
}

export const schema: Schema = JSON.parse(
  readFileSync(path.join(shared, "protocol.schema.json"), "utf8"),
);

export function goldens(kind: "examples" | "refused"): Golden[] {
  const folder = path.join(shared, "golden");
  return readdirSync(folder).flatMap((name) => {
    const file: File = JSON.parse(readFileSync(path.join(folder, name), "utf8"));
    return file[kind].map((entry) => ({
      name: `${path.parse(name).name} ${entry.part}: ${entry.name}`,
      type: typeOf(file.method, entry.part),
      message: entry.message,
      complete: entry.complete ?? entry.message,
      onlySchema: entry.onlySchema ?? false,
    }));
  });
}

function typeOf(method: string | undefined, part: string): string {
  const type = method === undefined ? part : schema.methods[method]?.[part];
  if (type === undefined || !(type in schema.$defs)) {
    throw new Error(`${method} has no ${part}`);
  }
  return type;
}
