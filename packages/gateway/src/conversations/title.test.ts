import { expect, it } from 'vitest';
import { titleOf } from './title.ts';

const title = (text: string) => titleOf([{ type: 'text', text }]);

it.each([
  ['is the whole text when it is short', ' Where is\n my order? ', 'Where is my order?'],
  ['ends at a word', `${'word '.repeat(12)}and more`, `${'word '.repeat(12).trim()}…`],
  ['cuts a word that is too long', 'a'.repeat(70), `${'a'.repeat(60)}…`],
  ['does not cut an emoji in two', '🌊'.repeat(70), `${'🌊'.repeat(60)}…`],
  ['has no marks of Markdown', '## **How** do I [return](https://a.example/b) `it`?', 'How do I return it?'],
  [
    'keeps signs that are no marks',
    'Is 5 * 3 * 2 in snake_case_name - or not?',
    'Is 5 * 3 * 2 in snake_case_name - or not?',
  ],
  ['of 60 characters without spaces is not cut', '注文'.repeat(30), '注文'.repeat(30)],
])('a title %s', (_what, text, expected) => {
  expect(title(text)).toBe(expected);
});

it('a title is the name of a file when there is no text, and undefined without both', () => {
  expect(title(' \n\0 ')).toBeUndefined();
  const file = {
    type: 'file',
    fileId: 'f',
    name: 'plan.pdf',
    mediaType: 'application/pdf',
    sizeBytes: 1,
  } as const;
  expect(titleOf([file])).toBe('plan.pdf');
  expect(titleOf([{ type: 'data', name: 'card', value: 1 }])).toBeUndefined();
});
