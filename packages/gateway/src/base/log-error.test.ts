import { describe, expect, it } from 'vitest';
import { describeCause } from './log-error.ts';

describe('what the log may say of a failure', () => {
  it('is its kind and codes, and those of what caused it, never a message', () => {
    const refused = Object.assign(new Error('connect to sk-secret'), { code: 'ECONNREFUSED' });
    const error = Object.assign(new TypeError('sk-secret failed', { cause: refused }), { status: 401 });
    expect(describeCause(error)).toEqual({
      cause: { type: 'TypeError', status: 401, inner_type: 'Error', inner_code: 'ECONNREFUSED' },
    });
  });

  it('is nothing without a cause', () => {
    expect(describeCause(undefined)).toEqual({});
  });
});
