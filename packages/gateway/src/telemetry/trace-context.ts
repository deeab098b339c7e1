/** The trace that a request belongs to, as its headers say. */

/** Headers of the W3C trace context. Strangers send them, too. */
export type TraceContext = Readonly<{ traceparent: string; tracestate?: string }>;

const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/;
/** As long as the recommendation asks an implementation to pass on. */
const MAX_TRACESTATE_CHARS = 512;

/** The trace context of a request; undefined when it has none that is valid. */
export function traceContextOf(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): TraceContext | undefined {
  const { traceparent, tracestate } = headers;
  if (typeof traceparent !== 'string' || !TRACEPARENT.test(traceparent)) return undefined;
  const isUsable = typeof tracestate === 'string' && tracestate.length <= MAX_TRACESTATE_CHARS;
  return { traceparent, ...(isUsable ? { tracestate } : {}) };
}
