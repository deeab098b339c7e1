import { describe, expect, it } from 'vitest';
import { approvalFields, withValues } from './approval-fields.ts';

const kindsOf = (properties: object, input: object = {}) =>
  approvalFields({ type: 'object', properties }, input)?.map(({ kind }) => kind);

describe('the fields of an input', () => {
  it.each([
    [{ type: 'string' }, 'text'],
    [{ type: 'string', maxLength: 2000 }, 'multiline'],
    [{ type: 'string', format: 'date' }, 'date'],
    [{ type: 'string', format: 'date-time' }, 'datetime-local'],
    [{ type: 'string', format: 'time' }, 'time'],
    [{ type: 'string', format: 'email' }, 'email'],
    [{ type: 'string', format: 'uri' }, 'url'],
    [{ type: ['null', 'number'] }, 'number'],
    [{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'number'],
    [{ type: 'boolean' }, 'checkbox'],
    [{ enum: [1, 2] }, 'select'],
    [{ anyOf: [{ const: 'a' }, { const: 'b' }] }, 'select'],
    [{}, 'shown'],
  ])('of the schema %j is a %s', (schema, kind) => {
    expect(kindsOf({ value: schema })).toEqual([kind]);
  });

  it.each([
    ['Ada', 'text'],
    ['two\nlines', 'multiline'],
    [2, 'number'],
    [false, 'checkbox'],
    [['a', 'b'], 'multiline'],
    [[{ a: 1 }], 'shown'],
  ])('without a schema is made of the value %j', (value, kind) => {
    expect(approvalFields(undefined, { value })?.map((field) => field.kind)).toEqual([kind]);
  });

  it('is a text when a picker could not show its value', () => {
    expect(kindsOf({ day: { type: 'string', format: 'date' } }, { day: 'tomorrow' })).toEqual(['text']);
  });

  it('of groups carry the names of both, as people write them', () => {
    const input = { callBack: { phone_number: '1', at: { day: '2' } } };
    expect(approvalFields(undefined, input)?.map(({ label }) => label)).toEqual([
      'Call back › Phone number',
      'Call back › At › Day',
    ]);
  });

  it('follow a reference within the schema', () => {
    const schema = {
      properties: { day: { $ref: '#/$defs/day' } },
      $defs: { day: { format: 'date', type: 'string' } },
    };
    expect(approvalFields(schema, {})?.map(({ kind }) => kind)).toEqual(['date']);
  });

  it('are undefined when there are more than can be read', () => {
    const input = Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`field${index}`, 1]));
    expect(approvalFields(undefined, input)).toBeUndefined();
  });

  it('may have the names of inherited properties', () => {
    const input: unknown = JSON.parse('{"constructor":"a","__proto__":"b"}');
    expect(approvalFields({ type: 'object', properties: {} }, input)?.map(({ value }) => value)).toEqual([
      'a',
      'b',
    ]);
  });
});

describe('an input with other values', () => {
  it('is a copy in which the rest is unchanged, and undefined removes a value', () => {
    const input = { a: { b: 1, c: 2 }, d: 3 };
    const changes = [
      { path: ['a', 'b'], value: 9 },
      { path: ['d'], value: undefined },
      { path: ['e', 'f'], value: 'new' },
    ];
    expect(withValues(input, changes)).toEqual({ a: { b: 9, c: 2 }, e: { f: 'new' } });
    expect(input).toEqual({ a: { b: 1, c: 2 }, d: 3 });
  });

  it('keeps a value within a group of any name', () => {
    const changed = withValues(JSON.parse('{"__proto__":{"a":1,"b":2}}'), [
      { path: ['__proto__', 'a'], value: 9 },
    ]);
    expect(JSON.stringify(changed)).toBe('{"__proto__":{"a":9,"b":2}}');
  });

  it('cannot change a prototype', () => {
    const changed = withValues({}, [{ path: ['__proto__'], value: { isBad: true } }]);
    expect([Object.keys(changed as object), 'isBad' in {}]).toEqual([['__proto__'], false]);
  });
});
