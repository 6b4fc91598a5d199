import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";

import { ErrorCode, Method, TriggerKind } from "../../extension/src/generated/methods";
import { goldens, schema } from "./golden";

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
ajv.addVocabulary(["methods", "x-enumNames"]);
ajv.addSchema(schema, "protocol");

function complaints(type: string, message: unknown): unknown {
  const fits = ajv.getSchema(`protocol#/$defs/${type}`);
  if (fits === undefined) {
    throw new Error(`the schema has no ${type}`);
  }
  return fits(message) ? null : fits.errors;
}

test.each(goldens("examples"))("fits the schema: $name", ({ type, message, complete }) => {
  expect(complaints(type, message)).toBeNull();
  expect(complaints(type, complete)).toBeNull();
});

test.each(goldens("refused"))("is refused by the schema: $name", ({ type, message }) => {
  expect(complaints(type, message)).not.toBeNull();
});

test("the methods' names are those of the schema", () => {
  expect(Object.values(Method)).toEqual(Object.keys(schema.methods));
});

test.each([
  ["ErrorCode", ErrorCode],
  ["TriggerKind", TriggerKind],
])("the names of %s stand for the schema's numbers", (name, names) => {
  expect(schema.$defs[name]).toMatchObject({
    enum: Object.values(names),
    "x-enumNames": Object.keys(names),
  });
});
