import { describe, expect, it } from 'vitest';
import { checkTools, faultOf } from './tool-input.ts';
import type { Tool } from './tool.ts';

const tool = (more: Partial<Tool> = {}): Tool => ({
  name: 'book',
  description: 'Books',
  parameters: {
    type: 'object',
    properties: {
      day: { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}$' },
      people: { type: 'integer', minimum: 1, maximum: 8 },
    },
    required: ['day'],
    additionalProperties: false,
  },
  handler: () => null,
  ...more,
});

describe('an input', () => {
  it('that is valid has no fault', () => {
    expect(faultOf(tool(), { day: '2026-01-02', people: 8 })).toBeUndefined();
  });

  it.each([
    [{}, /day/],
    [{ day: 'tomorrow' }, /day/],
    [{ day: '2026-01-02', people: 9 }, /people/],
    [{ day: '2026-01-02', people: 1.5 }, /people/],
    [{ day: '2026-01-02', isAdmin: true }, /isAdmin|additional/i],
    [JSON.parse('{"day":"2026-01-02","__proto__":{"x":1}}'), /__proto__|additional/i],
    [[], /object|array/i],
  ])('%j does not fit, and the fault says where', (input, where) => {
    expect(faultOf(tool(), input)).toMatch(where);
  });
});

describe('tools', () => {
  it.each([
    ['with an invalid name', [tool({ name: 'book a table' })]],
    ['with the same name', [tool(), tool()]],
    ['whose input is not an object', [tool({ parameters: { type: 'string' } })]],
    ['whose schema points nowhere', [tool({ parameters: { type: 'object', $ref: '#/nowhere' } })]],
  ])('%s are refused when the gateway is created', (_case, tools) => {
    expect(() => {
      checkTools(tools);
    }).toThrow();
  });
});
