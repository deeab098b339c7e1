import { expect, it } from 'vitest';
import type { Content } from '../reply.ts';
import { moderatedTextOf } from './moderated-text.ts';

const input = (text: string): string =>
  moderatedTextOf([
    { type: 'tool-call-started', callId: 'c', name: 'find' },
    { type: 'tool-call-delta', callId: 'c', text },
  ]);

it('has all names, texts and numbers of an input, also those that another one of the same name replaces', () => {
  expect(input('{"q":"one","q":["t\\u0077o",{"three":-4.5e1}],"is":true}')).toBe(
    'find\nq\none\nq\ntwo\nthree\n-4.5e1\n-45\nis',
  );
});

it('reads the escapes in an input that was cut, or is no JSON', () => {
  expect(input('{"q":"forb\\u0069dden\\nphr\\u00')).toBe('find\n{"q":"forbidden\nphru00');
  expect(input('forbidden phrase')).toBe('find\nforbidden phrase');
});

it('reads an input that is nested as deep as it is long', () => {
  const depth = 50_000;
  expect(input(`${'['.repeat(depth)}"w\\u006frd"${']'.repeat(depth)}`)).toContain('word');
});

it('has what is shown of a source and of data: not the id of a source, which often is a digest with any letters in it', () => {
  const source: Content = { type: 'source', sourceId: 'x-bad-x', title: 'title', url: 'https://a.example/' };
  expect(moderatedTextOf([source])).toBe('title\nhttps://a.example/');
  expect(moderatedTextOf([{ type: 'data', name: 'card', value: { code: 4711, tags: ['x'] } }])).toBe(
    'card\ncode\n4711\ntags\nx',
  );
});
