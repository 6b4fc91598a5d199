import path from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";

import { type Golden, goldens } from "./golden";

const root = path.resolve(import.meta.dirname, "../..");
const accepted = goldens("examples");
const refused = goldens("refused").filter(({ onlySchema }) => !onlySchema);

/** The compiler's complaints about each message, were it written out as a literal of its type. */
let complaints: Map<Golden, string[]>;

beforeAll(() => {
  complaints = compile([...accepted, ...refused]);
}, 60_000);

test.each(accepted)("is of its type: $name", (golden) => {
  expect(complaints.get(golden)).toEqual([]);
});

test.each(refused)("is not of its type: $name", (golden) => {
  expect(complaints.get(golden)).not.toEqual([]);
});

function compile(all: Golden[]): Map<Golden, string[]> {
  const file = path.join(root, "extension", "src", "golden-messages.ts");
  // One statement on one line each, so that a complaint's line tells whose it is.
  const lines = all.map(
    ({ type, message }, index) =>
      `export const message${index}: protocol.${type} = ${literal(message)};`,
  );
  const text = ['import type * as protocol from "./generated/protocol";', ...lines].join("\n");
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const readSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) =>
    path.resolve(name) === file
      ? ts.createSourceFile(name, text, version)
      : readSourceFile(name, version, ...rest);
  const program = ts.createProgram([file], options, host);
  const result = new Map(all.map((golden): [Golden, string[]] => [golden, []]));
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const { line } = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0) ?? {
      line: 0,
    };
    const golden = all[line - 1];
    const complaint = ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n");
    if (golden === undefined || path.resolve(diagnostic.file?.fileName ?? "") !== file) {
      throw new Error(`the types themselves do not compile: ${complaint}`);
    }
    result.get(golden)?.push(complaint);
  }
  return result;
}

/** JSON as source text of one line: U+2028 and U+2029 end a line for the compiler. */
function literal(message: unknown): string {
  return JSON.stringify(message).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}

function compilerOptions(): ts.CompilerOptions {
  const config = path.join(root, "extension", "tsconfig.json");
  const { options, errors } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    path.dirname(config),
  );
  expect(errors).toEqual([]);
  return options;
}
