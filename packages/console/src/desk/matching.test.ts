import { expect, it } from 'vitest';
import { matching } from './matching.ts';

const REPLIES = [
  { label: 'Opening hours', hint: 'We are here from 9 to 17.' },
  { label: 'Returns', hint: 'Send it back within 30 days.' },
];
const found = (search: string) => matching(REPLIES, search).map(({ label }) => label);

it('finds by words of the title or the text, in any case and order', () => {
  expect(found('HOURS')).toEqual(['Opening hours']);
  expect(found('days return')).toEqual(['Returns']);
  expect(found('  ')).toEqual(['Opening hours', 'Returns']);
  expect(found('refund')).toEqual([]);
});
