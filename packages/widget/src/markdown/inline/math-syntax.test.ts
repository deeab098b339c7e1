/** What reads as a formula between single dollar signs, and what does not. */
import { expect, test } from 'vitest';
import { mathSyntax } from './math-syntax.ts';
import { outline } from '../testing/outline.ts';

test.each([
  '$5, or 10$',
  '$5 or 10$ each',
  '10$/20$',
  '10$-20$',
  '10$, 20$',
  '$HOME/$PATH',
  '$HOME$PATH',
  '$PATH:$HOME/bin',
  '${a}-${b}',
  '$5 and $10',
])('amounts of money and variables stay text: %s', (text) => {
  expect(outline(text, { math: mathSyntax })).toBe(text);
});

test.each([
  '$x$',
  'the $n$th',
  '3$\\times$ larger',
  'n$^2$',
  'Na$^+$Cl',
  '$5 + x$',
  '$2 \\text{ if } x$',
  '$10 kg$',
])('a formula beside a digit, a letter or with an amount stays one: %s', (text) => {
  expect(outline(text, { math: mathSyntax })).toContain('{math}');
});
