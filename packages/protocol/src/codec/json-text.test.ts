import { afterEach, expect, it } from 'vitest';
import type { CommandId } from '../schemas/ids.ts';
import { decodeCommands, encodeFrame } from './codec.ts';
import { jsonText } from './json-text.ts';

const VALUE = { list: [1, ['two']], text: 'three' };
afterEach(() => {
  for (const prototype of [Array.prototype, String.prototype]) Reflect.deleteProperty(prototype, 'toJSON');
});

it.each([
  ['arrays', Array.prototype],
  ['texts', String.prototype],
])('JSON is written as usual on a page that gives %s a toJSON (W89)', (_what, prototype) => {
  Object.assign(prototype, { toJSON: () => 'not this' });
  expect(JSON.parse(jsonText(VALUE))).toEqual(VALUE);
  expect(JSON.parse(jsonText([1]))).toEqual([1]);
});

it('commands are read by the gateway as they were sent from such a page (W89)', () => {
  Object.assign(Array.prototype, { toJSON: () => 'not this' });
  const commands = ['q_0123456789abcd', 'q_0123456789abce'].map((id) => ({
    type: 'ping' as const,
    id: id as CommandId,
  }));
  expect(decodeCommands(encodeFrame(commands)).items).toEqual(commands);
});
