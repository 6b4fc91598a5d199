// Writes the protocol's types for both languages, from shared/protocol.schema.json alone.
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { inRoot, isProgram, root, venvProgram } from "./layout.mjs";
import { methodsPython, methodsTypeScript } from "./methods.mjs";
import { failWith, must } from "./processes.mjs";

const schemaFile = inRoot("shared", "protocol.schema.json");
const python = path.join("sidecar", "phi_sidecar", "generated");
const typeScript = path.join("extension", "src", "generated");

/** Every file that this makes, relative to the checkout. */
export const generatedFiles = [
  path.join(python, "protocol.py"),
  path.join(python, "methods.py"),
  path.join(python, "protocol.schema.json"),
  path.join(typeScript, "protocol.ts"),
  path.join(typeScript, "methods.ts"),
];

const banner = "// Generated from shared/protocol.schema.json by `npm run generate`; not edited.\n";

/** Writes all of them below `target`, laid out as in the checkout. */
export async function generateInto(target) {
  const schema = JSON.parse(await readFile(schemaFile, "utf8"));
  await mkdir(path.join(target, python), { recursive: true });
  await mkdir(path.join(target, typeScript), { recursive: true });
  await Promise.all([
    protocolPython(path.join(target, python, "protocol.py")),
    protocolTypeScript(schema, path.join(target, typeScript, "protocol.ts")),
    writeFile(path.join(target, python, "methods.py"), methodsPython(schema)),
    writeFile(path.join(target, typeScript, "methods.ts"), banner + methodsTypeScript(schema)),
    // The sidecar checks messages against it, so it travels with the package.
    copyFile(schemaFile, path.join(target, python, "protocol.schema.json")),
  ]);
}

async function protocolPython(output) {
  await must(
    venvProgram("datamodel-codegen"),
    [
      ["--input", schemaFile],
      ["--input-file-type", "jsonschema"],
      ["--output", output],
      ["--output-model-type", "dataclasses.dataclass"],
      ["--target-python-version", "3.11"],
      ["--enum-field-as-literal", "none"],
      // Its own formatter: black's and isort's versions must not change the file.
      ["--formatters", "builtin"],
      "--snake-case-field",
      "--use-standard-collections",
      "--use-union-operator",
      "--use-schema-description",
      "--use-field-description",
      "--disable-timestamp",
      "--frozen-dataclasses",
      "--keyword-only",
      "--strict-nullable",
      "--use-frozen-field",
    ].flat(),
    {
      what: "Generating the Python types",
      remedy: "Run 'npm run setup', then look at shared/protocol.schema.json.",
    },
  );
}

async function protocolTypeScript(schema, output) {
  const { compile } = await import("json-schema-to-typescript");
  const source = await compile(withPlainReferences(schema), "Protocol", {
    additionalProperties: false,
    bannerComment: banner.trimEnd(),
    cwd: root,
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
  });
  const types = source.replace(aloneProvenance, "").replace(provenance, "");
  await writeFile(output, types.replace(emptyInterface, "export type $1 = Record<string, never>;"));
}

// To TypeScript an interface without members is anything at all.
const emptyInterface = /^export interface (\w+) \{\}$/gm;

// The generator's note on every type, which says nothing that the type's name does not.
const note =
  / \* This interface was referenced by `Protocol`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/
    .source;
const aloneProvenance = new RegExp(`/\\*\\*\n${note} \\*/\n`, "g");
const provenance = new RegExp(` \\*\n${note}`, "g");

/** A `$ref` with a description of its own would become a second type with a number in its name. */
function withPlainReferences(value) {
  if (Array.isArray(value)) {
    return value.map(withPlainReferences);
  }
  if (value === null || typeof value !== "object") {
    return value;
  }
  if ("$ref" in value) {
    return { $ref: value.$ref };
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, withPlainReferences(inner)]),
  );
}

if (isProgram(import.meta.url)) {
  await generateInto(root).catch(failWith);
}
