import { expect, it } from 'vitest';
import { Unsent } from './unsent.ts';

it('what was written stays by conversation, and is not empty until it is sent', () => {
  const unsent = new Unsent(String);
  expect(unsent.isEmpty).toBe(true);
  unsent.of('c_1').drafts.note = 'Ask the workshop';
  expect([unsent.of('c_1').drafts.note, unsent.of('c_2').drafts.note]).toEqual(['Ask the workshop', '']);
  expect(unsent.isEmpty).toBe(false);
  unsent.of('c_1').drafts.note = '  ';
  expect(unsent.isEmpty).toBe(true);
});
