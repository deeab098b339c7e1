/**
 * The connection as a pure state machine: state and input in, next state and effects out. connection.ts performs the effects.
 */
import {
  CLOSE_CODES,
  ChatError,
  ERROR_CODES,
  closeReasonOf,
  comeBackAfter,
  type ChannelClose,
  type ErrorBody,
} from '@rivulet/protocol';
import { RECONNECT_JITTER_MS, HEALTHY_AFTER_MS, backoffMs } from './backoff.ts';

/** Added to the gateway's heartbeat interval before a silent connection is considered dead. */
const SILENCE_GRACE_MS = 10_000;
/** A ping that is not answered in this time means that the network has changed. */
const PROBE_TIMEOUT_MS = 2000;
/** After this many immediate reconnects in a row without a healthy connection, the client backs off. */
const MAX_IMMEDIATE_RECONNECTS = 3;

/**
 * `attempt` numbers the connections and is never reused, so that late events of a former one are recognised. `failures`
 * counts consecutive failures. `after` is `start` until a connection has worked. `dueAtMs` is when the one timer fires; null: never.
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
      /** When the unanswered ping was sent; null: none is pending. */
      probedAtMs: number | null;
      /** When to leave a draining gateway for a new connection; null: it does not drain. */
      leaveAtMs: number | null;
      dueAtMs: number;
    }
  /** `dueAtMs` null: waits until the system reports that it is online. */
  | { kind: 'waiting'; attempt: number; failures: number; after: 'start' | 'loss'; dueAtMs: number | null }
  | { kind: 'closed'; attempt: number; reason: 'asked' }
  | { kind: 'closed'; attempt: number; reason: 'refused'; error: ErrorBody };

/**
 * `jitter` is random, in [0, 1). An input with an `attempt` belongs to that connection and is ignored when it is not the
 * current one.
 */
export type ConnectionInput =
  | { kind: 'connect'; nowMs: number }
  | { kind: 'close' }
  /** Reconnect at once, because the identity has changed. */
  | { kind: 'restart'; nowMs: number }
  /** The visitor asks for an attempt now. */
  | { kind: 'retry'; nowMs: number }
  | { kind: 'welcomed'; attempt: number; nowMs: number; heartbeatMs: number }
  /** The connection ended. `error` is the rejection that the gateway sent before it closed. */
  | {
      kind: 'lost';
      attempt: number;
      nowMs: number;
      code: number;
      jitter: number;
      error?: ErrorBody | undefined;
    }
  | { kind: 'draining'; attempt: number; nowMs: number; withinMs: number; jitter: number }
  | { kind: 'visible'; nowMs: number }
  | { kind: 'online'; nowMs: number }
  | { kind: 'offline' }
  /** The timer fired. `receivedAtMs` is when the last event arrived. */
  | { kind: 'due'; nowMs: number; receivedAtMs: number; jitter: number };

/** What the caller of `step` performs, in order. */
export type ConnectionEffect =
  | { kind: 'open-connection'; attempt: number }
  | { kind: 'close-connection'; close: ChannelClose }
  | { kind: 'ping' };

/** The result of one step. */
export interface Step {
  /** The same object when the input changed nothing. */
  state: ConnectionState;
  /** In the order in which they are performed. */
  effects: readonly ConnectionEffect[];
}

/** Settings of the state machine. */
export interface ConnectionSettings {
  /** From opening a connection to its `welcome`, in milliseconds. */
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

/** The initial state. */
export const IDLE: ConnectionState = { kind: 'idle', attempt: 0 };

const NORMAL_CLOSE: ChannelClose = { code: 1000, reason: '' };
const DEAD: ChannelClose = { code: CLOSE_CODES.heartbeat, reason: 'heartbeat' };
const NO_EFFECTS: readonly ConnectionEffect[] = [];

/** Performs one step. An input without a meaning in the state returns the same state and no effects. */
export function step(state: ConnectionState, input: ConnectionInput, settings: ConnectionSettings): Step {
  const isLate = 'attempt' in input && input.attempt !== state.attempt;
  // Both kinds index one cell of the table, which the compiler cannot correlate.
  const handle = isLate
    ? undefined
    : (ON[state.kind][input.kind] as Handler<StateKind, InputKind> | undefined);
  return handle?.(state, input, settings) ?? { state, effects: NO_EFFECTS };
}

/** One row per state; a missing row does not compile. A missing cell is an input without a meaning in that state. */
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
    lost: (state, input) => scheduleReconnect({ ...state, failures: state.failures + 1 }, input),
    offline: (state) => waitForNetwork(state),
    due: (state, { nowMs, jitter }) => {
      const failures = state.failures + 1;
      const dueAtMs = nowMs + backoffMs(failures, jitter);
      return {
        state: { ...state, kind: 'waiting', failures, dueAtMs },
        effects: [{ kind: 'close-connection', close: DEAD }],
      };
    },
  },
  open: {
    close: closeOnRequest,
    restart: (state, input, settings) => reconnect(afterLoss(state), input, settings),
    lost: (state, input) =>
      scheduleReconnect(afterLoss({ ...state, failures: failuresAfter(state, input.nowMs) }), input),
    draining: (state, { nowMs, withinMs, jitter }) => {
      if (state.leaveAtMs !== null) return stay(state);
      const leaveAtMs = nowMs + Math.floor(jitter * withinMs);
      return stay({ ...state, leaveAtMs, dueAtMs: Math.min(leaveAtMs, state.dueAtMs) });
    },
    visible: probe,
    online: probe,
    offline: (state) => waitForNetwork(afterLoss(state)),
    due: checkLifetime,
  },
  waiting: {
    close: closeOnRequest,
    restart: (state, input, settings) => openConnection(state, input.nowMs, settings),
    retry: (state, input, settings) => openConnection({ ...state, failures: 0 }, input.nowMs, settings),
    visible: (state, input, settings) => openConnection(state, input.nowMs, settings),
    online: (state, input, settings) => openConnection({ ...state, failures: 0 }, input.nowMs, settings),
    offline: (state) => (state.dueAtMs === null ? stay(state) : stay({ ...state, dueAtMs: null })),
    due: (state, { nowMs }, settings) =>
      state.dueAtMs === null ? stay(state) : openConnection(state, nowMs, settings),
  },
  closed: {
    connect: (state, input, settings) => connect(state, input, settings),
    retry: (state, input, settings) => connect(state, input, settings),
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

/** What an attempt keeps of the state before it. */
type Progress = Pick<StateOf<'connecting'>, 'attempt' | 'failures' | 'after'>;

const afterLoss = ({ attempt, failures }: Omit<Progress, 'after'>): Progress => ({
  attempt,
  failures,
  after: 'loss',
});

function openConnection(
  { failures, after, ...state }: Progress,
  nowMs: number,
  { welcomeTimeoutMs }: ConnectionSettings,
): Step {
  const attempt = state.attempt + 1;
  return {
    state: { kind: 'connecting', attempt, failures, after, dueAtMs: nowMs + welcomeTimeoutMs },
    effects: [{ kind: 'open-connection', attempt }],
  };
}

function closeOnRequest(state: ConnectionState): Step {
  return {
    state: { kind: 'closed', attempt: state.attempt, reason: 'asked' },
    effects: state.kind === 'waiting' ? NO_EFFECTS : [{ kind: 'close-connection', close: NORMAL_CLOSE }],
  };
}

function reconnect(state: Progress, { nowMs }: { nowMs: number }, settings: ConnectionSettings): Step {
  const opened = openConnection(state, nowMs, settings);
  return { ...opened, effects: [{ kind: 'close-connection', close: NORMAL_CLOSE }, ...opened.effects] };
}

function waitForNetwork({ attempt, after }: Progress): Step {
  return {
    state: { kind: 'waiting', attempt, failures: 0, after, dueAtMs: null },
    effects: [{ kind: 'close-connection', close: NORMAL_CLOSE }],
  };
}

function failuresAfter(state: StateOf<'open'>, nowMs: number): number {
  return nowMs - state.openedAtMs >= HEALTHY_AFTER_MS ? 1 : state.failures + 1;
}

function scheduleReconnect({ attempt, failures, after }: Progress, input: InputOf<'lost'>): Step {
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
  return stay({ kind: 'waiting', attempt, failures, after, dueAtMs });
}

function probe(state: StateOf<'open'>, { nowMs }: { nowMs: number }): Step {
  if (state.probedAtMs !== null) return stay(state);
  const dueAtMs = Math.min(nowMs + PROBE_TIMEOUT_MS, state.leaveAtMs ?? Infinity);
  return { state: { ...state, probedAtMs: nowMs, dueAtMs }, effects: [{ kind: 'ping' }] };
}

function checkLifetime(state: StateOf<'open'>, input: InputOf<'due'>, settings: ConnectionSettings): Step {
  const { nowMs, receivedAtMs } = input;
  const leaveAtMs = state.leaveAtMs ?? Infinity;
  if (nowMs >= leaveAtMs) return reconnect(afterLoss(state), input, settings);
  const isProbing = state.probedAtMs !== null && receivedAtMs < state.probedAtMs;
  const deadAtMs = isProbing
    ? (state.probedAtMs ?? nowMs) + PROBE_TIMEOUT_MS
    : receivedAtMs + state.heartbeatMs + SILENCE_GRACE_MS;
  if (nowMs < deadAtMs) {
    const probedAtMs = isProbing ? state.probedAtMs : null;
    return stay({ ...state, probedAtMs, dueAtMs: Math.min(deadAtMs, leaveAtMs) });
  }
  const progress = afterLoss({ ...state, failures: failuresAfter(state, nowMs) });
  const opened = openConnection(progress, nowMs, settings);
  return { ...opened, effects: [{ kind: 'close-connection', close: DEAD }, ...opened.effects] };
}

/** The error for visitors when the gateway closed for good without a rejection. */
function errorOfClose(code: number): ErrorBody {
  const reason = closeReasonOf(code);
  if (reason === 'replaced')
    return new ChatError('conflict', { message: 'This chat goes on in another window.' }).toBody();
  return new ChatError(ERROR_CODES.find((known) => known === reason) ?? 'forbidden').toBody();
}
