import { describe, expect, it } from 'vitest';
import {
  REMEMBERED_MS,
  INITIAL_STATE,
  initialFallbackState,
  nextFallbackState,
  describeChoice,
  type TransportName,
} from './fallback-state.ts';

describe('the next transport', () => {
  it.each([
    ['websocket', 0, 'welcomed', 'websocket', 0],
    ['websocket', 1, 'welcomed', 'websocket', 0],
    ['websocket', 0, 'failed', 'websocket', 1],
    ['websocket', 1, 'failed', 'sse', 0],
    ['websocket', 0, 'silent', 'sse', 0],
    ['websocket', 0, 'buffered', 'sse', 0],
    ['sse', 0, 'welcomed', 'sse', 0],
    ['sse', 1, 'welcomed', 'sse', 0],
    ['sse', 0, 'failed', 'sse', 1],
    ['sse', 1, 'failed', 'websocket', 1],
    ['sse', 0, 'silent', 'long-poll', 0],
    ['sse', 0, 'buffered', 'long-poll', 0],
    ['long-poll', 1, 'welcomed', 'long-poll', 0],
    ['long-poll', 0, 'failed', 'long-poll', 1],
    ['long-poll', 1, 'failed', 'websocket', 1],
    ['long-poll', 0, 'silent', 'websocket', 0],
    ['long-poll', 0, 'buffered', 'websocket', 0],
  ] as const)('after %s with %i failures, a connection that is %s leads to %s with %i failures', (...row) => {
    const [transportName, failures, outcome, nextTransport, nextFailures] = row;
    expect(nextFallbackState({ transportName, failures }, outcome)).toEqual({
      transportName: nextTransport,
      failures: nextFailures,
    });
  });

  it('is the same object when nothing changes', () => {
    expect(nextFallbackState(INITIAL_STATE, 'welcomed')).toBe(INITIAL_STATE);
  });
});

describe('the initial state of a page', () => {
  const gateway = 'https://chat.test/base';
  const stored = (transportName: TransportName) => describeChoice(transportName, gateway, 1_000);

  it('uses the fallback that worked with the same gateway less than a day ago', () => {
    expect(initialFallbackState(stored('sse'), gateway, 1_000).transportName).toBe('sse');
    expect(
      initialFallbackState(stored('long-poll'), 'https://chat.test', 999 + REMEMBERED_MS).transportName,
    ).toBe('long-poll');
  });

  it.each([
    ['nothing is stored', undefined, gateway, 1_000],
    ['the stored choice is a day old', stored('sse'), gateway, 1_000 + REMEMBERED_MS],
    ['the stored time is in the future', stored('sse'), gateway, 999],
    ['the stored choice is for another gateway', stored('sse'), 'https://other.test', 1_000],
    ['the stored time is missing', 'sse x', gateway, 1_000],
    ['the stored transport is unknown', 'pigeon 1000 https://chat.test', gateway, 1_000],
  ])('uses the WebSocket when %s', (_reason, text, currentGateway, nowMs) => {
    expect(initialFallbackState(text, currentGateway, nowMs)).toBe(INITIAL_STATE);
  });
});
