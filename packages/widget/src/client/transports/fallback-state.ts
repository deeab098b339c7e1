/** Which transport to take next: pure, by what became of the line before. */

export type TransportName = 'websocket' | 'sse' | 'long-poll';

/** `failures` counts in a row. */
export interface FallbackState {
  readonly transportName: TransportName;
  readonly failures: number;
}

/**
 * `welcomed`: the gateway answered. `failed`: the line ended before. `silent`: it was up, or seemed so, and nothing came.
 * `gathered`: what came was held back.
 */
export type ConnectionOutcome = 'welcomed' | 'failed' | 'silent' | 'gathered';

export const INITIAL_STATE: FallbackState = { transportName: 'websocket', failures: 0 };

const MAX_FAILURES = 2;
const NEXT_TRANSPORT: Record<TransportName, TransportName> = {
  websocket: 'sse',
  sse: 'long-poll',
  'long-poll': 'websocket',
};

/**
 * Silence and gathering are of something in between: one rung down. A failure may as well be a gateway that is away: two of
 * them lead from the top one down, from below back to the top, where then one is enough: each costs a growing wait, and where
 * sockets are refused the visitor would wait for two of them in vain. The same object when nothing changes.
 */
export function nextFallbackState(state: FallbackState, outcome: ConnectionOutcome): FallbackState {
  const { transportName, failures } = state;
  switch (outcome) {
    case 'welcomed':
      return failures === 0 ? state : { transportName, failures: 0 };
    case 'silent':
    case 'gathered':
      return { transportName: NEXT_TRANSPORT[transportName], failures: 0 };
    case 'failed':
      if (failures + 1 < MAX_FAILURES) return { transportName, failures: failures + 1 };
      return transportName === 'websocket'
        ? { transportName: 'sse', failures: 0 }
        : { transportName: 'websocket', failures: 1 };
  }
}

/** A network is seldom changed, and its habits more seldom; a laptop is carried elsewhere every day. */
export const REMEMBERED_MS = 24 * 60 * 60_000;

/** What to keep of a rung that works. */
export function describeWinner(transportName: TransportName, gateway: string, nowMs: number): string {
  return `${transportName} ${nowMs} ${new URL(gateway).origin}`;
}

/** Where to begin. @param kept by `describeWinner`, of an earlier page */
export function initialFallbackState(
  kept: string | undefined,
  gateway: string,
  nowMs: number,
): FallbackState {
  const [transportName, atMs, origin] = (kept ?? '').split(' ');
  const ageMs = nowMs - Number(atMs);
  const isGood = origin === new URL(gateway).origin && ageMs >= 0 && ageMs < REMEMBERED_MS;
  return isGood && (transportName === 'sse' || transportName === 'long-poll')
    ? { transportName, failures: 0 }
    : INITIAL_STATE;
}
