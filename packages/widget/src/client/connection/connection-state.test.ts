import { CLOSE_CODES } from '@rivulet/protocol';
import { describe, expect, test } from 'vitest';
import { step, type ConnectionInput, type ConnectionState, type Step } from './connection-state.ts';

const settings = { welcomeTimeoutMs: 4000 };
const nowMs = 100_000;

const idle: ConnectionState = { kind: 'idle', attempt: 0 };
const connecting: ConnectionState = {
  kind: 'connecting',
  attempt: 3,
  failures: 1,
  after: 'loss',
  dueAtMs: nowMs,
};
const open: ConnectionState = {
  kind: 'open',
  attempt: 3,
  failures: 1,
  openedAtMs: nowMs - 5000,
  heartbeatMs: 25_000,
  probedAtMs: null,
  leaveAtMs: null,
  dueAtMs: nowMs,
};
const waiting: ConnectionState = { kind: 'waiting', attempt: 3, failures: 1, after: 'loss', dueAtMs: nowMs };
const closed: ConnectionState = { kind: 'closed', attempt: 3, reason: 'asked' };

const STATES = { idle, connecting, open, waiting, closed } satisfies Record<
  ConnectionState['kind'],
  ConnectionState
>;
const INPUTS: { [Kind in ConnectionInput['kind']]: Extract<ConnectionInput, { kind: Kind }> } = {
  connect: { kind: 'connect', nowMs },
  close: { kind: 'close' },
  restart: { kind: 'restart', nowMs },
  retry: { kind: 'retry', nowMs },
  welcomed: { kind: 'welcomed', attempt: 3, nowMs, heartbeatMs: 25_000 },
  lost: { kind: 'lost', attempt: 3, nowMs, code: 1006, jitter: 0.5 },
  draining: { kind: 'draining', attempt: 3, nowMs, withinMs: 4000, jitter: 0.5 },
  visible: { kind: 'visible', nowMs },
  online: { kind: 'online', nowMs },
  offline: { kind: 'offline' },
  due: { kind: 'due', nowMs, receivedAtMs: nowMs - 35_000, jitter: 0.5 },
};

/** What comes out, in short: the state's kind and the effects. `-`: the input means nothing there. */
const TABLE: Record<ConnectionState['kind'], Record<ConnectionInput['kind'], string>> = {
  idle: {
    connect: 'connecting open-connection',
    close: '-',
    restart: '-',
    retry: '-',
    welcomed: '-',
    lost: '-',
    draining: '-',
    visible: '-',
    online: '-',
    offline: '-',
    due: '-',
  },
  connecting: {
    connect: '-',
    close: 'closed close-connection',
    restart: 'connecting close-connection open-connection',
    retry: '-',
    welcomed: 'open',
    lost: 'waiting',
    draining: '-',
    visible: '-',
    online: '-',
    offline: 'waiting close-connection',
    due: 'waiting close-connection',
  },
  open: {
    connect: '-',
    close: 'closed close-connection',
    restart: 'connecting close-connection open-connection',
    retry: '-',
    welcomed: '-',
    lost: 'waiting',
    draining: 'open',
    visible: 'open ping',
    online: 'open ping',
    offline: 'waiting close-connection',
    due: 'connecting close-connection open-connection',
  },
  waiting: {
    connect: '-',
    close: 'closed',
    restart: 'connecting open-connection',
    retry: 'connecting open-connection',
    welcomed: '-',
    lost: '-',
    draining: '-',
    visible: 'connecting open-connection',
    online: 'connecting open-connection',
    offline: 'waiting',
    due: 'connecting open-connection',
  },
  closed: {
    connect: 'connecting open-connection',
    close: '-',
    restart: '-',
    retry: 'connecting open-connection',
    welcomed: '-',
    lost: '-',
    draining: '-',
    visible: '-',
    online: '-',
    offline: '-',
    due: '-',
  },
};

const inShort = ({ state, effects }: Step) => [state.kind, ...effects.map(({ kind }) => kind)].join(' ');

describe.each(Object.entries(STATES))('in %s', (kind, state) => {
  const row = TABLE[kind as ConnectionState['kind']];
  test.each(Object.values(INPUTS))('$kind does what the table says', (input) => {
    const after = step(state, input, settings);
    const expected = row[input.kind];
    if (expected === '-') expect(after).toEqual({ state, effects: [] });
    if (expected === '-') expect(after.state).toBe(state);
    else expect(inShort(after)).toBe(expected);
  });

  test.each(['welcomed', 'lost', 'draining'] as const)('a late %s of a former line loses', (name) => {
    const after = step(state, { ...INPUTS[name], attempt: 2 }, settings);
    expect(after.state).toBe(state);
    expect(after.effects).toEqual([]);
  });
});

const lost = (state: ConnectionState, input: Partial<typeof INPUTS.lost>) =>
  step(state, { ...INPUTS.lost, ...input }, settings).state;

test('a code of 40xx brings the client back within a second, whatever the backoff is', () => {
  const after = lost(open, { code: CLOSE_CODES.drain, jitter: 0.999 });
  expect(after).toMatchObject({ kind: 'waiting', dueAtMs: nowMs + 999 });
});

test('a gateway that sends away again and again is backed off from', () => {
  const after = lost({ ...open, failures: 5 }, { code: CLOSE_CODES.drain, jitter: 0.999 });
  expect(after).toMatchObject({ kind: 'waiting', dueAtMs: nowMs + 15_984 });
});

test('a code of 44xx closes for good, with the reason that the gateway gave before', () => {
  const error = { code: 'forbidden', message: 'no', retry: 'no' } as const;
  expect(lost(connecting, { code: CLOSE_CODES.unauthenticated, error })).toEqual({
    kind: 'closed',
    attempt: 3,
    reason: 'refused',
    error,
  });
});

test.each([
  ['bad-frame', 'bad-frame'],
  ['unauthenticated', 'unauthenticated'],
  ['origin-denied', 'origin-denied'],
  ['unsupported', 'unsupported'],
  ['replaced', 'conflict'],
  ['too-large', 'too-large'],
] as const)('a line closed as %s without a word is the error %s', (reason, code) => {
  expect(lost(open, { code: CLOSE_CODES[reason] })).toMatchObject({ reason: 'refused', error: { code } });
});

test('a line that was healthy for 30 s forgets the failures before it', () => {
  const healthy = { ...open, failures: 6, openedAtMs: nowMs - 30_000 };
  expect(lost(healthy, { jitter: 0.5 })).toMatchObject({ failures: 1, dueAtMs: nowMs + 250 });
  expect(lost({ ...healthy, openedAtMs: nowMs - 29_999 }, {})).toMatchObject({ failures: 7 });
});

test('an attempt waits for as long as the gateway asked, at least', () => {
  const error = { code: 'rate-limited', message: 'slow', retry: 'after', retryAfterMs: 9000 } as const;
  expect(lost(connecting, { code: CLOSE_CODES['rate-limited'], error })).toMatchObject({
    dueAtMs: nowMs + 9000,
  });
});

const due = (state: ConnectionState, receivedAtMs: number, atMs = nowMs) =>
  step(state, { kind: 'due', nowMs: atMs, receivedAtMs, jitter: 0.5 }, settings);

test('a line that was heard since lives on until 10 s past the next heartbeat', () => {
  const after = due(open, nowMs - 34_999);
  expect(after).toEqual({ state: { ...open, dueAtMs: nowMs + 1 }, effects: [] });
});

test('a probe without an answer in 2 s changes the line at once, one with an answer does not', () => {
  const probing = step(open, INPUTS.visible, settings).state;
  expect(probing).toMatchObject({ probedAtMs: nowMs, dueAtMs: nowMs + 2000 });
  expect(inShort(due(probing, nowMs - 1, nowMs + 2000))).toBe('connecting close-connection open-connection');
  const alive = due(probing, nowMs + 80, nowMs + 2000);
  expect(alive.state).toMatchObject({ kind: 'open', probedAtMs: null, dueAtMs: nowMs + 35_080 });
});

test('signs in a burst probe once', () => {
  const probing = step(open, INPUTS.visible, settings).state;
  expect(step(probing, INPUTS.online, settings).state).toBe(probing);
});

test('a draining gateway is left after a part of the time it gave, once', () => {
  const leaving = step(open, INPUTS.draining, settings).state;
  expect(leaving).toMatchObject({ leaveAtMs: nowMs + 2000 });
  expect(step(leaving, INPUTS.draining, settings).state).toBe(leaving);
  expect(inShort(due(leaving, nowMs, nowMs + 2000))).toBe('connecting close-connection open-connection');
});

test('offline there are no attempts, and online the first comes at once without failures', () => {
  const offline = step(waiting, INPUTS.offline, settings).state;
  expect(offline).toMatchObject({ kind: 'waiting', dueAtMs: null });
  expect(due(offline, 0).state).toBe(offline);
  expect(step(offline, INPUTS.online, settings).state).toMatchObject({ kind: 'connecting', failures: 0 });
});

test('a line that was refused may be tried again by whoever has another token', () => {
  const refused = lost(open, { code: CLOSE_CODES.unauthenticated });
  expect(step(refused, INPUTS.restart, settings).state).toMatchObject({ kind: 'connecting', attempt: 4 });
});

test('an attempt that follows failed ones of a page that was never connected is still the start (W61)', () => {
  const start = step(idle, INPUTS.connect, settings).state;
  const failed = step(start, { ...INPUTS.lost, attempt: 1 }, settings).state;
  expect(failed).toMatchObject({ kind: 'waiting', after: 'start', failures: 1 });
  expect(step(failed, INPUTS.due, settings).state).toMatchObject({ after: 'start', failures: 1 });
  expect(step(failed, INPUTS.offline, settings).state).toMatchObject({ after: 'start' });
  expect(lost(open, {})).toMatchObject({ after: 'loss' });
});

test('an attempt that the visitor asks for begins without failures, also after a refusal (W61)', () => {
  const asked = step({ ...waiting, after: 'start', failures: 7 }, INPUTS.retry, settings).state;
  expect(asked).toMatchObject({ kind: 'connecting', after: 'start', failures: 0 });
  const refused = lost(open, { code: CLOSE_CODES['origin-denied'] });
  expect(step(refused, INPUTS.retry, settings).state).toMatchObject({ kind: 'connecting', attempt: 4 });
});
