import { describe, expect, it } from 'vitest';
import { faultOfCallInput, readCallInput, writeCallInput } from './call-input.ts';

describe('the input of a call', () => {
  it.each(['', ' \n', 'null', '{}', '""', '"{}"', '{}{}'])('%j is an empty object (G07)', (text) => {
    expect(readCallInput(text)).toEqual({});
    expect(writeCallInput(text)).toBe('{}');
  });

  it.each([
    ['{"n": 1}', '{"n": 1}'],
    ['"{\\"n\\":1}"', '{"n":1}'],
    ['{"n":1}{"n":1}', '{"n":1}'],
    ['{"n":1}{"n":1}{"n":1}\n', '{"n":1}'],
    ['{}{"n":1}', '{"n":1}'],
  ])('%j is read as what is meant, and told as %j', (text, told) => {
    expect(readCallInput(text)).toEqual({ n: 1 });
    expect(writeCallInput(text)).toBe(told);
  });

  it.each([
    ['[1]', [1]],
    ['7', 7],
    ['"x"', 'x'],
    ['false', false],
  ])('%j is no object: the schema refuses it, and upstreams are told an empty object', (text, value) => {
    expect(readCallInput(text)).toEqual(value);
    expect(writeCallInput(text)).toBe('{}');
  });

  it.each([
    ['{"n":', /breaks off after 5 characters/],
    ['{"n":1,"text":"}', /breaks off/],
    ['n=1', /not JSON/],
    ['{"n":1,}', /not JSON\. Call/],
    ['{"a":'.repeat(100) + '1' + '}'.repeat(100), /too deep/],
  ])('%j cannot be read, and the fault says why', (text, fault) => {
    expect(readCallInput(text)).toBeUndefined();
    expect(writeCallInput(text)).toBe('{}');
    expect(faultOfCallInput(text)).toMatch(fault);
  });
});
