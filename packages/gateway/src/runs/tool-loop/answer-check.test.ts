import { describe, expect, it } from 'vitest';
import type { ProviderEvent } from '../../providers/provider.ts';
import { createSecretMask } from '../../providers/secret-mask.ts';
import type { Content } from '../reply.ts';
import { createAnswerCheck } from './answer-check.ts';

const KEY = 'sk-proj-4711-canary-of-the-key';

/** What is shown of the events, as one text for each run of equal kinds. */
function shown(events: readonly unknown[], secrets: string[] = [KEY]): Content[] {
  const check = createAnswerCheck(createSecretMask(secrets));
  const into: Content[] = [];
  for (const event of events) check.read(event as Content, into);
  check.end(into);
  return into;
}
const textOf = (contents: Content[]): string =>
  contents.map((one) => ('text' in one ? one.text : '|')).join('');
const texts = (...pieces: string[]) => pieces.map((text) => ({ type: 'text-delta', text }));

describe('a secret of the gateway in an answer', () => {
  it('is hidden wherever it is cut, but for its first three characters', () => {
    for (let cut = 0; cut <= KEY.length; cut += 1) {
      const first = cut < 4 ? KEY.slice(0, cut) : '';
      expect(textOf(shown(texts(`is ${KEY.slice(0, cut)}`, `${KEY.slice(cut)}!`)))).toBe(
        `is ${first}[hidden]!`,
      );
    }
    expect(textOf(shown(texts(...Array.from(`a ${KEY} b`))))).toBe('a sk-[hidden] b');
    expect(textOf(shown(texts(...Array.from(`${KEY}${KEY}s`))))).toBe('sk-[hidden]sk-[hidden]s');
  });

  it('holds nothing back of a text that pauses on the letters that it begins with', () => {
    const check = createAnswerCheck(createSecretMask([KEY]));
    const pieces = ['ask', '-', 's', 'k', 'y s', 'k-p', 'ie'];
    const now = pieces.map((text) => {
      const into: Content[] = [];
      check.read({ type: 'text-delta', text }, into);
      return textOf(into);
    });
    expect(now).toEqual(['ask', '-', 's', 'k', 'y s', '', 'k-pie']);
  });

  it('is hidden in reasoning, in the inputs of interleaved calls, and in names, sources and data', () => {
    const [start, end] = [KEY.slice(0, 9), KEY.slice(9)];
    const input = (callId: string, text: string) => ({ type: 'tool-call-delta', callId, text });
    const all = shown([
      { type: 'reasoning-delta', text: start },
      { type: 'reasoning-delta', text: end },
      { type: 'tool-call-started', callId: 'a', name: KEY },
      input('a', start),
      { type: 'tool-call-started', callId: 'b', name: 'b' },
      input('b', start),
      input('a', end),
      input('b', end),
      { type: 'source', sourceId: '1', title: KEY, url: `https://a.example/?k=${KEY}`, excerpt: KEY },
      { type: 'data', name: 'card', value: { [KEY]: [{ text: KEY }] } },
    ]);
    expect(JSON.stringify(all)).not.toContain(end);
    expect(JSON.stringify(all).match(/\[hidden\]/g)).toHaveLength(9);
  });

  it('is hidden with control characters between its own, and also when it begins with another one', () => {
    expect(textOf(shown(texts(`${KEY.slice(0, 5)}\u0000${KEY.slice(5)}`)))).toBe('[hidden]');
    expect(textOf(shown(texts(`${KEY}-2 ${KEY}`), [KEY, `${KEY}-2`]))).toBe('[hidden] [hidden]');
  });

  it('is looked for without a copy of a delta that does not begin it', () => {
    const [delta] = texts('No secret here.');
    const into: Content[] = [];
    createAnswerCheck(createSecretMask([KEY])).read(delta as Content, into);
    expect(into[0]).toBe(delta);
  });

  it('is not hidden when it is a word, such as the key of a local upstream', () => {
    const words = ['ollama', 'lm-studio', 'sk-no-key-required'];
    expect(textOf(shown(texts(...words), words))).toBe(words.join(''));
  });
});

describe('what a provider yields', () => {
  it('loses control characters, except tabs and line feeds', () => {
    const text = 'a\u0000b\u001b[31mc\td\r\ne\u009b1mf\u007f';
    expect(textOf(shown(texts(text)))).toBe('ab[31mc\td\ne1mf');
  });

  it('keeps a character that is cut in two, and replaces half of one', () => {
    expect(textOf(shown(texts('a\ud83d', '\ude00b')))).toBe('a\u{1f600}b');
    expect(textOf(shown(texts('a\ud83d', 'b')))).toBe('a\ufffdb');
  });

  it('is left out and counted when it is no event', () => {
    const check = createAnswerCheck(createSecretMask([]));
    const into: Content[] = [];
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const deep = JSON.parse('['.repeat(80) + ']'.repeat(80)) as unknown;
    for (const event of [
      { type: 'text-delta', text: 5 },
      { type: 'video' },
      { type: 'data', name: 'a', value: cycle },
      { type: 'data', name: 'a', value: deep },
    ])
      check.read(event as Content, into);
    expect([into, check.dropped]).toEqual([[], 4]);
  });

  it('has bounded names, titles and URLs', () => {
    const long = 'x'.repeat(100_000);
    const all = shown([
      { type: 'tool-call-started', callId: 'a', name: long },
      { type: 'source', sourceId: long, title: long, url: `https://${long}`, excerpt: long },
    ]);
    expect(JSON.stringify(all).length).toBeLessThan(12_000);
    expect(all[1]).not.toHaveProperty('url');
  });

  it('fails with more than 128 tool calls', () => {
    const calls = Array.from({ length: 129 }, (_, index) => ({
      type: 'tool-call-started',
      callId: `${index}`,
      name: 'a',
    }));
    expect(shown(calls.slice(1))).toHaveLength(128);
    expect(() => shown(calls)).toThrow(expect.objectContaining({ code: 'upstream-failed' }));
  });

  it('ends as stop, with a remark, when its reason is none', () => {
    const event = { type: 'finished', reason: 'magic', usage: { inputTokens: -1, outputTokens: 1 } };
    const end = createAnswerCheck(createSecretMask([])).finished(
      event as unknown as Extract<ProviderEvent, { type: 'finished' }>,
    );
    expect(end).toEqual({
      type: 'finished',
      reason: 'stop',
      remark: expect.stringContaining('unknown') as string,
    });
  });
});
