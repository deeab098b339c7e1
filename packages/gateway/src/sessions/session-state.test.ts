import { CLOSE_CODES, ChatError, type Command, type CommandId } from '@rivulet/protocol';
import { describe, expect, it } from 'vitest';
import { decide, MAX_BAD_COMMANDS, type SessionState } from './session-state.ts';
import type { Incoming } from '../transports/transport.ts';

const id = 'q_12345678' as CommandId;
const hello: Command = {
  type: 'hello',
  id,
  protocol: '1.0',
  site: 'demo',
  client: { name: 'test', version: '1' },
  capabilities: [],
  subscriptions: [],
};
const INPUTS: Record<string, Incoming> = {
  hello: { kind: 'command', command: hello },
  ping: { kind: 'command', command: { type: 'ping', id } },
  unknown: { kind: 'unknown', commandId: id },
  unreadable: { kind: 'unreadable', error: new ChatError('bad-frame') },
  'a bad command': { kind: 'unreadable', error: new ChatError('bad-frame'), commandId: id },
  'too large': { kind: 'unreadable', error: new ChatError('too-large') },
};
const STATES: Record<SessionState['kind'], SessionState> = {
  'awaiting-hello': { kind: 'awaiting-hello' },
  open: {
    kind: 'open',
    principal: { id: 'p', kind: 'anonymous', siteId: 'demo' },
    site: { id: 'demo', origins: [] },
  },
  closed: { kind: 'closed' },
};

describe('every input in every state of a session', () => {
  it.each([
    ['awaiting-hello', 'hello', 'greet', undefined],
    ['awaiting-hello', 'ping', 'refuse', CLOSE_CODES['bad-frame']],
    ['awaiting-hello', 'unknown', 'refuse', CLOSE_CODES['bad-frame']],
    ['awaiting-hello', 'unreadable', 'refuse', CLOSE_CODES['bad-frame']],
    ['awaiting-hello', 'a bad command', 'refuse', CLOSE_CODES['bad-frame']],
    ['awaiting-hello', 'too large', 'refuse', CLOSE_CODES['too-large']],
    ['open', 'hello', 'reject', undefined],
    ['open', 'ping', 'handle', undefined],
    ['open', 'unknown', 'reject', undefined],
    ['open', 'unreadable', 'refuse', CLOSE_CODES['bad-frame']],
    ['open', 'a bad command', 'reject', undefined],
    ['open', 'too large', 'refuse', CLOSE_CODES['too-large']],
    ['closed', 'hello', 'ignore', undefined],
    ['closed', 'ping', 'ignore', undefined],
    ['closed', 'unknown', 'ignore', undefined],
    ['closed', 'unreadable', 'ignore', undefined],
    ['closed', 'a bad command', 'ignore', undefined],
    ['closed', 'too large', 'ignore', undefined],
  ] as const)('%s, %s: %s', (state, input, kind, code) => {
    const decision = decide(STATES[state], INPUTS[input] ?? { kind: 'unknown' });
    expect(decision).toMatchObject(code === undefined ? { kind } : { kind, code });
  });

  it('closes the connection of a client that keeps sending bad commands', () => {
    const decisionAfter = (badCommands: number) => decide(STATES.open, INPUTS['a bad command']!, badCommands);
    expect(decisionAfter(MAX_BAD_COMMANDS - 1)).toMatchObject({ kind: 'reject' });
    expect(decisionAfter(MAX_BAD_COMMANDS)).toMatchObject({ kind: 'refuse', code: CLOSE_CODES['bad-frame'] });
  });

  it('puts the command id into a rejection', () => {
    expect(decide(STATES.open, { kind: 'unknown', commandId: id })).toMatchObject({ commandId: id });
  });
});
