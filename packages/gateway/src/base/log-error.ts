/** What the log may say of a failure: its kind and codes, never the upstream's words, which may repeat a prompt or a key. */

/** Facts for a log line; `{}` when there is no cause. */
export function describeCause(cause: unknown): { cause?: Record<string, string | number> } {
  if (cause === undefined || cause === null) return {};
  if (!(cause instanceof Error)) return { cause: { type: typeof cause } };
  const facts: Record<string, string | number> = { type: cause.name };
  for (const key of ['status', 'code', 'errno', 'syscall', 'requestID', 'limit', 'limitMs'] as const) {
    const value: unknown = Reflect.get(cause, key);
    if (typeof value === 'string' || typeof value === 'number') facts[key] = value;
  }
  // A network error is told by its own cause (ECONNREFUSED below "fetch failed").
  const inner = describeCause(cause.cause).cause;
  for (const [key, value] of Object.entries(inner ?? {})) facts[`inner_${key}`] = value;
  return { cause: facts };
}
