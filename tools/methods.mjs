// The typed tables of the protocol's methods, from the schema's own `methods`: the type generators
// know JSON Schema, but not which types are a method's params and result.

const words = (name) => name.split(/[/]|(?=[A-Z])/);

/** `phi/inlineCompletion` → `PHI_INLINE_COMPLETION`. */
const constantCase = (name) => words(name).join("_").toUpperCase();

/** `phi/inlineCompletion` → `phiInlineCompletion`. */
const camelCase = (name) => name.replace(/\/(.)/g, (_, letter) => letter.toUpperCase());

/** The Python module: one typed constant per method, and all of them by name. */
export function methodsPython(schema) {
  const methods = Object.entries(schema.methods);
  return `# Generated from shared/protocol.schema.json by \`npm run generate\`; not edited.
"""The protocol's methods, with the types of what each one carries."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Generic, Literal, TypeVar

from phi_sidecar.generated import protocol

Params = TypeVar("Params", covariant=True)
Result = TypeVar("Result", covariant=True)
PartialResult = TypeVar("PartialResult", covariant=True)


@dataclass(frozen=True, kw_only=True)
class Method(Generic[Params, Result, PartialResult]):
    """A method of the protocol.

    Attributes:
        result: None for a notification.
        partial_result: None where the result is never streamed.
    """

    name: str
    kind: Literal["request", "notification"]
    between: Literal["editor and sidecar", "sidecar and worker"]
    params: type[Params]
    result: type[Result] | None
    partial_result: type[PartialResult] | None


${methods.map(pythonConstant).join("\n")}
METHODS: Final[Mapping[str, Method[object, object, object]]] = {
    method.name: method
    for method in (
${methods.map(([name]) => `        ${constantCase(name)},\n`).join("")}    )
}
"""Every method by its name."""
`;
}

function pythonConstant([name, method]) {
  const type = (typeName) => (typeName === undefined ? "None" : `protocol.${typeName}`);
  const types = [method.params, method.result, method.partialResult].map(type);
  return `${constantCase(name)}: Final = Method[
    ${types.join(", ")}
](
    name="${name}",
    kind="${method.kind}",
    between="${method.between}",
    params=${types[0]},
    result=${types[1]},
    partial_result=${types[2]},
)
`;
}

/** The TypeScript module: names, typed maps, and the enums whose values are numbers. */
export function methodsTypeScript(schema) {
  const methods = Object.entries(schema.methods);
  const requests = methods.filter(([, method]) => method.kind === "request");
  const notifications = methods.filter(([, method]) => method.kind === "notification");
  const imported = methods.flatMap(([, { params, result, partialResult }]) =>
    [params, result, partialResult].filter((type) => type !== undefined),
  );
  const enums = Object.entries(schema.$defs).filter(([, type]) => "x-enumNames" in type);
  return `import type {
${[...new Set(imported)]
  .sort()
  .map((type) => `  ${type},\n`)
  .join("")}} from "./protocol";

/** The methods' names on the wire. */
export const Method = {
${methods.map(([name]) => `  ${camelCase(name)}: "${name}",\n`).join("")}} as const;

/** What each request carries, and what comes back. */
export interface Requests {
${requests.map(([name, method]) => typeScriptRequest(name, method)).join("")}}

/** What each notification carries. */
export interface Notifications {
${notifications.map(([name, method]) => `  "${name}": { params: ${method.params} };\n`).join("")}}
${enums.map(([name, type]) => typeScriptEnum(name, type)).join("")}`;
}

function typeScriptRequest(name, { params, result, partialResult = "never" }) {
  return `  "${name}": {
    params: ${params};
    result: ${result};
    partialResult: ${partialResult};
  };
`;
}

function typeScriptEnum(name, type) {
  const members = type["x-enumNames"].map((member, index) => `  ${member}: ${type.enum[index]},\n`);
  return `
/** ${type.description} */
export const ${name} = {
${members.join("")}} as const;
export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;
}
