import { describe, expect, it } from 'vitest';
import { describeCause } from './log-error.ts';

describe('the description of a failure for the log', () => {
  it('holds its type and codes, and those of its cause, never a message', () => {
    const refused = Object.assign(new Error('connect to sk-secret'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new TypeError('sk-secret failed', { cause: refused }), { status: 401 });
    expect(describeCause(error)).toEqual({
      cause: { type: 'TypeError', status: 401, inner_type: 'Error', inner_code: 'ECONNREFUSED' },
    });
  });

  it('holds the message of an error that was written for the operator', () => {
    const explained = Object.assign(new Error('Postgres refuses connections'), { isForOperator: true });
    const { cause } = describeCause(new Error('internal', { cause: explained }));
    expect(cause).toEqual({
      type: 'Error',
      inner_type: 'Error',
      inner_problem: 'Postgres refuses connections',
    });
  });

  it('is empty without a cause', () => {
    expect(describeCause(undefined)).toEqual({});
  });
});
