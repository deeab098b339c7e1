import { describe, expect, it } from 'vitest';
import type { DemoDocument } from './documents.ts';
import { createReplyTo, readIntent } from './demo-replies.ts';

const document = (path: string, markdown: string): DemoDocument => ({ title: path, path, markdown });

describe('the intent of a question', () => {
  it.each([
    ['Hi!', 'greeting'],
    ['Good morning', 'greeting'],
    ['hi, how do I install it?', 'question'],
    ['Thanks a lot!', 'thanks'],
    ['ok thank you', 'thanks'],
    ['Bye', 'farewell'],
    ['What can you do?', 'about-me'],
    ['Are you a real model?', 'about-me'],
    ['help', 'about-me'],
    ['Tell me more.', 'more'],
    ['go on', 'more'],
    ['How does the outbox work?', 'question'],
    ['Show me the error codes', 'question'],
    ['constructor', 'question'],
    ['', 'question'],
  ])('%j is %s', (question, kind) => {
    expect(readIntent(question)).toEqual({ kind });
  });

  it.each([
    ['Show me a table', 'table'],
    ['can you please draw a small table?', 'table'],
    ['show me some code', 'code'],
    ['show code', 'code'],
    ['Give me a nested list', 'list'],
    ['show me a long answer', 'long'],
    ['a long answer', 'long'],
    ['table', 'table'],
  ])('%j asks to see a %s', (question, sample) => {
    expect(readIntent(question)).toEqual({ kind: 'show', sample });
  });
});

describe('the reply', () => {
  const replyTo = createReplyTo([
    document('README.md', '# Rivulet\n\nRivulet is a chat widget.\n\n## Themes\n\nSet the accent colour.'),
    document(
      'PROTOCOL.md',
      '# Protocol\n\n## Reconnect now\n\nIt resumes.\n\n## Reconnect later\n\nBackoff.',
    ),
  ]);

  it.each([
    ['table', /\| :--- \| :--- \| ---: \|/],
    ['code', /```ts\n[^]*\n```/],
    ['list', /\n {3}- [^]*\n {5}- /],
    ['long answer', /^Here is a long answer[^]{3000,}/],
  ])('shows a %s', (sample, pattern) => {
    expect(replyTo([`Show me a ${sample}`]).markdown).toMatch(pattern);
  });

  it('finds misspelled words, plurals and synonyms', () => {
    for (const question of ['reconect', 'reconnects', 'What if the network drops?']) {
      expect(replyTo([question]).passages[0]?.path).toBe('PROTOCOL.md');
    }
    expect(replyTo(['Can I change the color?']).passages[0]?.heading).toBe('Themes');
  });

  it('begins with the description of Rivulet for a question about its name alone', () => {
    expect(replyTo(['What is Rivulet?']).markdown).toMatch(/^In short .*\n\nRivulet is a chat widget\./);
  });

  it('finds nothing when only one word of many matches', () => {
    expect(replyTo(['Which widget should I buy for my kitchen sink?']).passages).toEqual([]);
  });

  it('continues with the next section for each "more", until there is none', () => {
    const first = replyTo(['How does a reconnect work?']).passages.map(({ id }) => id);
    const more = replyTo(['How does a reconnect work?', 'more', 'more', 'more']);
    expect(first).toEqual(['PROTOCOL.md#3', 'PROTOCOL.md#4']);
    expect(more.markdown).toContain('That is all');
    expect(replyTo(['more']).markdown).toContain('That is all');
  });

  it('bounds the search for a question of a hundred thousand characters', () => {
    expect(replyTo(['show '.repeat(20_000)]).markdown).not.toBe('');
    expect(replyTo([`${'a'.repeat(100_000)} b`]).markdown).not.toBe('');
  });
});
