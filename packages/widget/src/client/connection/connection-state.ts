/** The connection as a pure machine: state and input in, state and effects out. connection.ts performs the effects. */
import {
  CLOSE_CODES,
  ChatError,
  closeReasonOf,
  comeBackAfter,
  type ChannelClose,
  type ErrorBody,
} from '@rivulet/protocol';
import { RECONNECT_JITTER_MS, HEALTHY_AFTER_MS, backoffMs } from './backoff.ts';

/** Past the gateway's own sign of life, before the line counts as dead. */
const SILENCE_GRACE_MS = 10_000;
/** A probe that is not answered in this long: the network changed under us. */
const PROBE_TIMEOUT_MS = 2000;
/** Sent away at once more often than this in a row without health: it is a loop, so back off. */
const MAX_IMMEDIATE_RECONNECTS = 3;

/**
 * `attempt` numbers the lines and is never used again, so that what a former line still says is told apart. `failures` counts
 * in a row. `dueAtMs` is when the one timer rings; null: never, something else must happen.
 */
export type ConnectionState =
  | { kind: 'idle'; attempt: number }
  | { kind: 'connecting'; attempt: number; failures: number; after: 'start' | 'loss'; dueAtMs: number }
  | {
      kind: 'open';
      attempt: number;
      failures: number;
      openedAtMs: number;
      heartbeatMs: number;
      /** A probe waits for an answer since then. */
      probedAtMs: number | null;
      /** The gateway drains: the line is changed then. */
      leaveAtMs: number | null;
      dueAtMs: number;
    }
  /** `dueAtMs` null: until the system says that it is online. */
  | { kind: 'waiting'; attempt: number; failures: number; dueAtMs: number | null }
  | { kind: 'closed'; attempt: number; reason: 'asked' }
  | { kind: 'closed'; attempt: number; reason: 'refused'; error: ErrorBody };

/** `luck` is random, of [0, 1). Inputs with an `attempt` are of a line; of another than the state's they are late and lose. */
export type ConnectionInput =
  | { kind: 'connect'; nowMs: number }
  | { kind: 'close' }
  /** A new line at once: whoever speaks has changed. */
  | { kind: 'restart'; nowMs: number }
  | { kind: 'welcomed'; attempt: number; nowMs: number; heartbeatMs: number }
  /** `error` is what the gateway said before it hung up. */
  | { kind: 'lost'; attempt: number; nowMs: number; code: number; jitter: number; error?: ErrorBody }
  | { kind: 'draining'; attempt: number; nowMs: number; withinMs: number; jitter: number }
  | { kind: 'visible'; nowMs: number }
  | { kind: 'online'; nowMs: number }
  | { kind: 'offline' }
  /** The timer rang; `heardAtMs` is when the line last said anything. */
  | { kind: 'due'; nowMs: number; receivedAtMs: number; jitter: number };

export type ConnectionEffect =
  | { kind: 'open-connection'; attempt: number }
  | { kind: 'close-connection'; close: ChannelClose }
  | { kind: 'ping' };

export interface Step {
  state: ConnectionState;
  effects: readonly ConnectionEffect[];
}

export interface ConnectionSettings {
  /** From opening a line to its `welcome`. */
  welcomeTimeoutMs: number;
}

type StateKind = ConnectionState['kind'];
type InputKind = ConnectionInput['kind'];
type StateOf<K extends StateKind> = Extract<ConnectionState, { kind: K }>;
type InputOf<K extends InputKind> = Extract<ConnectionInput, { kind: K }>;
type Handler<S extends StateKind, I extends InputKind> = (
  state: StateOf<S>,
  input: InputOf<I>,
  settings: ConnectionSettings,
) => Step;

export const IDLE: ConnectionState = { kind: 'idle', attempt: 0 };

const NORMAL_CLOSE: ChannelClose = { code: 1000, reason: '' };
const DEAD: ChannelClose = { code: CLOSE_CODES.heartbeat, reason: 'heartbeat' };
const NO_EFFECTS: readonly ConnectionEffect[] = [];

/** One step. An input that means nothing in the state returns the same state and no effects. */
export function step(state: ConnectionState, input: ConnectionInput, settings: ConnectionSettings): Step {
  const isLate = 'attempt' in input && input.attempt !== state.attempt;
  // The cell is the one of the state's and the input's own kinds, which the compiler cannot correlate.
  const handle = isLate
    ? undefined
    : (ON[state.kind][input.kind] as Handler<StateKind, InputKind> | undefined);
  return handle?.(state, input, settings) ?? { state, effects: NO_EFFECTS };
}

/** One row a state, a missing one does not compile; a missing cell is an input without meaning there. */
const ON: { [S in StateKind]: { [I in InputKind]?: Handler<S, I> } } = {
  idle: {
    connect: (state, input, settings) => connect(state, input, settings),
  },
  connecting: {
    close: closeOnRequest,
    restart: reconnect,
    welcomed: (state, { nowMs, heartbeatMs }) =>
      stay({
        kind: 'open',
        attempt: state.attempt,
        failures: state.failures,
        openedAtMs: nowMs,
        heartbeatMs,
        probedAtMs: null,
        leaveAtMs: null,
        dueAtMs: nowMs + heartbeatMs + SILENCE_GRACE_MS,
      }),
    lost: (state, input) => scheduleReconnect(state, state.failures + 1, input),
    offline: waitForNetwork,
    due: (state, { nowMs, jitter }) => {
      const failures = state.failures + 1;
      const dueAtMs = nowMs + backoffMs(failures, jitter);
      return {
        state: { kind: 'waiting', attempt: state.attempt, failures, dueAtMs },
        effects: [{ kind: 'close-connection', close: DEAD }],
      };
    },
  },
  open: {
    close: closeOnRequest,
    restart: reconnect,
    lost: (state, input) => scheduleReconnect(state, failuresAfter(state, input.nowMs), input),
    draining: (state, { nowMs, withinMs, jitter }) => {
      if (state.leaveAtMs !== null) return stay(state);
      const leaveAtMs = nowMs + Math.floor(jitter * withinMs);
      return stay({ ...state, leaveAtMs, dueAtMs: Math.min(leaveAtMs, state.dueAtMs) });
    },
    visible: probe,
    online: probe,
    offline: waitForNetwork,
    due: checkLifetime,
  },
  waiting: {
    close: closeOnRequest,
    restart: (state, input, settings) => openConnection(state, input.nowMs, settings),
    visible: (state, input, settings) => openConnection(state, input.nowMs, settings),
    online: (state, input, settings) => openConnection({ ...state, failures: 0 }, input.nowMs, settings),
    offline: (state) => (state.dueAtMs === null ? stay(state) : stay({ ...state, dueAtMs: null })),
    due: (state, { nowMs }, settings) =>
      state.dueAtMs === null ? stay(state) : openConnection(state, nowMs, settings),
  },
  closed: {
    connect: (state, input, settings) => connect(state, input, settings),
    restart: (state, input, settings) =>
      state.reason === 'refused' ? connect(state, input, settings) : stay(state),
  },
};

function stay(state: ConnectionState): Step {
  return { state, effects: NO_EFFECTS };
}

function connect(
  { attempt }: ConnectionState,
  { nowMs }: { nowMs: number },
  settings: ConnectionSettings,
): Step {
  return {
    state: {
      kind: 'connecting',
      attempt: attempt + 1,
      failures: 0,
      after: 'start',
      dueAtMs: nowMs + settings.welcomeTimeoutMs,
    },
    effects: [{ kind: 'open-connection', attempt: attempt + 1 }],
  };
}

function openConnection(
  state: { attempt: number; failures: number },
  nowMs: number,
  { welcomeTimeoutMs }: ConnectionSettings,
): Step {
  const attempt = state.attempt + 1;
  return {
    state: {
      kind: 'connecting',
      attempt,
      failures: state.failures,
      after: 'loss',
      dueAtMs: nowMs + welcomeTimeoutMs,
    },
    effects: [{ kind: 'open-connection', attempt }],
  };
}

function closeOnRequest(state: ConnectionState): Step {
  return {
    state: { kind: 'closed', attempt: state.attempt, reason: 'asked' },
    effects: state.kind === 'waiting' ? NO_EFFECTS : [{ kind: 'close-connection', close: NORMAL_CLOSE }],
  };
}

function reconnect(
  state: { attempt: number; failures: number },
  { nowMs }: { nowMs: number },
  settings: ConnectionSettings,
): Step {
  const opened = openConnection(state, nowMs, settings);
  return { ...opened, effects: [{ kind: 'close-connection', close: NORMAL_CLOSE }, ...opened.effects] };
}

function waitForNetwork(state: StateOf<'connecting' | 'open'>): Step {
  return {
    state: { kind: 'waiting', attempt: state.attempt, failures: 0, dueAtMs: null },
    effects: [{ kind: 'close-connection', close: NORMAL_CLOSE }],
  };
}

function failuresAfter(state: StateOf<'open'>, nowMs: number): number {
  return nowMs - state.openedAtMs >= HEALTHY_AFTER_MS ? 1 : state.failures + 1;
}

function scheduleReconnect({ attempt }: ConnectionState, failures: number, input: InputOf<'lost'>): Step {
  const how = comeBackAfter(input.code);
  if (how === 'never') {
    const error = input.error ?? errorOfClose(input.code);
    return stay({ kind: 'closed', attempt, reason: 'refused', error });
  }
  const isAtOnce = how === 'now' && failures <= MAX_IMMEDIATE_RECONNECTS;
  const delayMs = isAtOnce
    ? Math.floor(input.jitter * RECONNECT_JITTER_MS)
    : backoffMs(failures, input.jitter);
  const dueAtMs = input.nowMs + Math.max(delayMs, input.error?.retryAfterMs ?? 0);
  return stay({ kind: 'waiting', attempt, failures, dueAtMs });
}

function probe(state: StateOf<'open'>, { nowMs }: { nowMs: number }): Step {
  if (state.probedAtMs !== null) return stay(state);
  const dueAtMs = Math.min(nowMs + PROBE_TIMEOUT_MS, state.leaveAtMs ?? Infinity);
  return { state: { ...state, probedAtMs: nowMs, dueAtMs }, effects: [{ kind: 'ping' }] };
}

function checkLifetime(state: StateOf<'open'>, input: InputOf<'due'>, settings: ConnectionSettings): Step {
  const { nowMs, receivedAtMs } = input;
  const leaveAtMs = state.leaveAtMs ?? Infinity;
  if (nowMs >= leaveAtMs) return reconnect(state, input, settings);
  const isProbing = state.probedAtMs !== null && receivedAtMs < state.probedAtMs;
  const deadAtMs = isProbing
    ? (state.probedAtMs ?? nowMs) + PROBE_TIMEOUT_MS
    : receivedAtMs + state.heartbeatMs + SILENCE_GRACE_MS;
  if (nowMs < deadAtMs) {
    const probedAtMs = isProbing ? state.probedAtMs : null;
    return stay({ ...state, probedAtMs, dueAtMs: Math.min(deadAtMs, leaveAtMs) });
  }
  const opened = openConnection({ ...state, failures: failuresAfter(state, nowMs) }, nowMs, settings);
  return { ...opened, effects: [{ kind: 'close-connection', close: DEAD }, ...opened.effects] };
}

/** What to tell people when the gateway hung up for good without a word. */
function errorOfClose(code: number): ErrorBody {
  const reason = closeReasonOf(code);
  switch (reason) {
    case 'bad-frame':
    case 'unauthenticated':
    case 'origin-denied':
    case 'unsupported':
    case 'too-large':
      return new ChatError(reason).toBody();
    case 'replaced':
      return new ChatError('conflict', { message: 'This chat goes on in another window.' }).toBody();
    default:
      return new ChatError('forbidden').toBody();
  }
}
