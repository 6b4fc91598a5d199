/** Makes the compiler prove that every case of a union was handled. */
export function assertNever(value: never): never {
  throw new Error(`A case was left out: ${JSON.stringify(value)}`);
}
