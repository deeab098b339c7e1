import { expect, it } from 'vitest';
import { wrongUsage } from './arguments.ts';
import { jsonOfError, jsonOfOutput } from './command-output.ts';
import { ConfigError } from './config-error.ts';
import { exitCodeOf, FAILED, WRONG_USAGE } from './exit-codes.ts';
import { StartError } from './start-error.ts';

it('an error ends with 2 when nothing was tried, and with 1 otherwise', () => {
  expect(exitCodeOf(wrongUsage('x'))).toBe(WRONG_USAGE);
  expect(exitCodeOf(new ConfigError([], WRONG_USAGE))).toBe(WRONG_USAGE);
  expect(exitCodeOf(new ConfigError([]))).toBe(FAILED);
  expect(exitCodeOf(new StartError('x'))).toBe(FAILED);
  expect(exitCodeOf(Object.assign(new Error('x'), { exitCode: 130 }))).toBe(FAILED);
});

it('--json is one line, of a command that came to its end and of one that failed', () => {
  expect(jsonOfOutput('check', { text: 'x', json: { a: 'b\n' } })).toBe(
    '{"command":"check","ok":true,"exitCode":0,"a":"b\\n"}\n',
  );
  const invalid = [{ place: 'PORT', problem: 'expected a port' }];
  expect(JSON.parse(jsonOfError('check', new ConfigError(invalid), FAILED))).toMatchObject({
    ok: false,
    exitCode: 1,
    invalidValues: invalid,
  });
});
