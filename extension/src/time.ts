/** Resolves with a value after a time; does not keep the process alive. */
export function after<T>(durationMs: number, value: T): Promise<T> {
  return new Promise((resolve) => {
    setTimeout(resolve, durationMs, value).unref();
  });
}

/** Resolves after a time, or as soon as the signal is aborted. */
export function sleep(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(finish, durationMs);
    signal.addEventListener("abort", finish, { once: true });
    if (signal.aborted) {
      finish();
    }
    function finish(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
  });
}

/** Calls once after a time, unless disposed before. */
export function later(durationMs: number, call: () => void): { dispose(): void } {
  const timer = setTimeout(call, durationMs);
  return { dispose: () => clearTimeout(timer) };
}
