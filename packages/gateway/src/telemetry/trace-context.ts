/** The trace that a request belongs to, as its headers say. */

/**
 * Headers of the W3C trace context. Strangers send them, too. `isOfPage`: it came with a command, which only pages send, so that the run is
 * never a part of it.
 */
export type TraceContext = Readonly<{ traceparent: string; tracestate?: string; isOfPage?: true }>;

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

/** The trace context of a command; undefined when it has none that is valid. */
export function pageTraceOf({
  traceparent,
}: Readonly<{ traceparent?: string | undefined }>): TraceContext | undefined {
  return traceparent !== undefined && TRACEPARENT.test(traceparent)
    ? { traceparent, isOfPage: true }
    : undefined;
}
