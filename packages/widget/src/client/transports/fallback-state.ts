/** Decides which transport to use next from the outcomes of earlier connections. Pure functions. */

/** The transports, in the order in which they are tried. */
export type TransportName = 'websocket' | 'sse' | 'long-poll';

/** The transport in use, and how often it has failed. Immutable. */
export interface FallbackState {
  /** The transport of the next connection. */
  readonly transportName: TransportName;
  /** Failures in a row on this transport, 0 or 1. */
  readonly failures: number;
}

/**
 * What became of a connection. `welcomed`: the gateway answered. `failed`: the connection ended before that. `silent`: it was, or
 * seemed, established, and nothing arrived. `buffered`: a proxy held events back and delivered them together.
 */
export type ConnectionOutcome = 'welcomed' | 'failed' | 'silent' | 'buffered';

/** The state of a page that knows nothing about its network. */
export const INITIAL_STATE: FallbackState = { transportName: 'websocket', failures: 0 };

const MAX_FAILURES = 2;
const NEXT_TRANSPORT: Record<TransportName, TransportName> = {
  websocket: 'sse',
  sse: 'long-poll',
  'long-poll': 'websocket',
};

/**
 * The state after one more outcome; the same object when nothing changes. Silence and buffering are caused by something between
 * the page and the gateway, so the next transport is tried at once. A failure may also mean that the gateway is down: two in a
 * row lead from the WebSocket to SSE, and from a fallback back to the WebSocket. There a single failure is enough, because each
 * failure costs a growing wait, and a visitor whose network refuses WebSockets would wait twice for nothing.
 */
export function nextFallbackState(state: FallbackState, outcome: ConnectionOutcome): FallbackState {
  const { transportName, failures } = state;
  switch (outcome) {
    case 'welcomed':
      return failures === 0 ? state : { transportName, failures: 0 };
    case 'silent':
    case 'buffered':
      return { transportName: NEXT_TRANSPORT[transportName], failures: 0 };
    case 'failed':
      if (failures + 1 < MAX_FAILURES) return { transportName, failures: failures + 1 };
      return transportName === 'websocket'
        ? { transportName: 'sse', failures: 0 }
        : { transportName: 'websocket', failures: 1 };
  }
}

/** How long a page remembers which transport worked. A laptop moves to another network about once a day. */
export const REMEMBERED_MS = 24 * 60 * 60_000;

/**
 * The text to store about a fallback that works: its name, the time in milliseconds since 1970 and the origin of the gateway.
 * @throws {TypeError} when `gateway` is not an absolute URL
 */
export function describeChoice(transportName: TransportName, gateway: string, nowMs: number): string {
  return `${transportName} ${nowMs} ${new URL(gateway).origin}`;
}

/**
 * The state in which a page begins: a fallback that was stored less than a day ago for the same gateway, else the WebSocket.
 * @param stored the text that `describeChoice` returned on an earlier page; any other text counts as absent
 * @throws {TypeError} when `gateway` is not an absolute URL
 */
export function initialFallbackState(
  stored: string | undefined,
  gateway: string,
  nowMs: number,
): FallbackState {
  const [transportName, atMs, origin] = (stored ?? '').split(' ');
  const ageMs = nowMs - Number(atMs);
  const isUsable = origin === new URL(gateway).origin && ageMs >= 0 && ageMs < REMEMBERED_MS;
  return isUsable && (transportName === 'sse' || transportName === 'long-poll')
    ? { transportName, failures: 0 }
    : INITIAL_STATE;
}
