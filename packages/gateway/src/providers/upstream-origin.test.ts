import { expect, it } from 'vitest';
import { originOf } from './upstream-origin.ts';

const URL = 'https://user:secret@example.com/v1/';
const of = (model: string, url = URL) => originOf('openai', url, model);

it.each([
  ['gemini-3-pro-preview', 'google/gemini-3.1-flash', 'same'],
  ['gemini-3-pro', 'gemini-2.5-pro', 'other'],
  ['deepseek-v4-pro', 'deepseek-chat', 'same'],
  ['gpt-4o', 'gpt-5', 'other'],
  ['o3', 'o3-mini', 'same'],
  ['claude-sonnet-4', 'gemini-3-pro', 'other'],
  ['7b-chat', '8b-chat', 'other'],
])('%s and %s are of the %s origin (G05)', (one, other, kind) => {
  expect(of(one) === of(other)).toBe(kind === 'same');
});

it('contains the base URL without its user and a final slash', () => {
  expect(of('gemini-3-pro')).toBe('openai https://example.com/v1 gemini-3');
  expect(of('m', 'https://example.com/v1')).toBe(of('m'));
  expect(of('m', 'https://example.com/v2')).not.toBe(of('m'));
});
