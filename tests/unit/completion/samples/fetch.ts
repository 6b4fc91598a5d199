export type State = { kind: "idle" } | { kind: "failed"; reason: string };

const RETRIES = 3;

export async function load<T>(url: string, signal?: AbortSignal): Promise<T> {
  let last: unknown;
  for (let attempt = 0; attempt < RETRIES; attempt += 1) {
    try {
      const response = await fetch(url, { signal, headers: { accept: "application/json" } });
      if (!response.ok) {
        throw new Error(`HTTP ${response.status} (${JSON.stringify({ url, attempt })})`);
      }
      return (await response.json()) as T;
    } catch (error) {
      last = error; // it may work the next time :)
    }
  }
  throw last instanceof Error ? last : new Error(String(last));
}

export const describe = (state: State): string =>
  state.kind === "failed" ? `failed: ${state.reason}` : 'it is "idle"';
