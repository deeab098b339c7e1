import { describe, expect, it } from 'vitest';
import type { ProviderMessage } from '../providers/provider.ts';
import { estimateContext, fitContext, shortenContext } from './shorten-context.ts';

const user = (text: string): ProviderMessage => ({ role: 'user', text });
const assistant = (text: string): ProviderMessage => ({ role: 'assistant', text });
const system: ProviderMessage = { role: 'system', text: 'Be brief.' };
const shorten = (...messages: ProviderMessage[]) => shortenContext(messages)?.map(({ text }) => text);

describe('a context that was too long', () => {
  it('loses its oldest turns until at most half is left, and keeps the system prompt (G15)', () => {
    const turns = [1, 2, 3, 4].flatMap((turn) => [user(`question ${turn}`), assistant(`answer ${turn}`)]);
    expect(shorten(system, ...turns, user('newest'))).toEqual([
      'Be brief.',
      ...['question 4', 'answer 4', 'newest'],
    ]);
  });

  it('keeps the newest question whole, however long it is (G15)', () => {
    expect(shorten(user('short'), assistant('short'), user('x'.repeat(1_000)))).toEqual(['x'.repeat(1_000)]);
  });

  it('loses at least its oldest turn (G15)', () => {
    expect(shorten(user('a'), assistant('b'), user('c'.repeat(99)), assistant('d'), user('e'))).toEqual([
      'e',
    ]);
    expect(shorten(user('a'), assistant('b'), user('c'))).toEqual(['c']);
  });

  it('keeps calls together with their outputs (G15)', () => {
    const calls = [{ callId: 'x', name: 'find', input: '{}' }];
    const call: ProviderMessage[] = [
      { role: 'assistant', text: 'calling', calls },
      { role: 'tool', callId: 'x', text: 'output' },
    ];
    expect(shorten(user('old'), ...call, assistant('done'), user('newest'), ...call)).toEqual([
      ...['newest', 'calling', 'output'],
    ]);
  });

  it('cannot be shortened when it is one turn (G15)', () => {
    expect(shorten(system, user('only'))).toBeUndefined();
  });

  it('counts files (G15)', () => {
    const file = { name: 'a.png', mediaType: 'image/png', sizeBytes: 9, bytes: new Uint8Array(9) };
    const photo: ProviderMessage = { role: 'user', text: 'photo', files: [file] };
    expect(shorten(photo, assistant('nice'), user('and'), assistant('so'), user('on'))).toEqual([
      'and',
      'so',
      'on',
    ]);
  });
});

describe('a context for an upstream with a smaller window', () => {
  const turns = [1, 2, 3].flatMap((turn) => [user(`question ${turn}`), assistant(`answer ${turn}`)]);
  const context = [system, ...turns, user('newest')];
  const fit = (maxTokens: number) => fitContext(context, maxTokens).map(({ text }) => text);

  it('is the same array when it fits', () => {
    expect(fitContext(context, estimateContext(context))).toBe(context);
  });

  it('loses its oldest turns until it fits, and keeps the system prompt and the newest question', () => {
    expect(fit(estimateContext(context) - 1)).toEqual([
      ...['Be brief.', 'question 2', 'answer 2', 'question 3', 'answer 3', 'newest'],
    ]);
    expect(fit(1)).toEqual(['Be brief.', 'newest']);
  });

  it('is estimated with the files of its questions', () => {
    const files = [{ name: 'a.txt', mediaType: 'text/plain', sizeBytes: 999, bytes: new Uint8Array(1_000) }];
    expect(estimateContext([{ role: 'user', text: 'x', files }])).toBeGreaterThan(400);
  });
});
