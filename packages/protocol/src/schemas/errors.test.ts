import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ERRORS, bodyOf } from './error-sentences.ts';
import { ChatError, ERROR_CODES, ErrorBodySchema } from './errors.ts';

describe('ChatError', () => {
  it.each(ERROR_CODES)('%s has a sentence of its own and comes back from the wire as it was', (code) => {
    const error = new ChatError(code, { retryAfterMs: 5, ref: 'k3v9', cause: new Error('secret') });
    const body = v.parse(ErrorBodySchema, JSON.parse(JSON.stringify(bodyOf(error))));
    expect(body).toEqual({ ...ERRORS[code], code, retryAfterMs: 5, ref: 'k3v9' });
    expect(ChatError.fromBody(body)).toMatchObject({ ...body, name: 'ChatError' });
  });

  it('brings the challenge of a proof over the wire', () => {
    const error = new ChatError('proof-required', { challenge: '{"parameters":{}}' });
    const body = v.parse(ErrorBodySchema, JSON.parse(JSON.stringify(bodyOf(error))));
    expect(ChatError.fromBody(body).challenge).toBe('{"parameters":{}}');
  });

  it('puts neither cause nor stack on the wire', () => {
    const error = new ChatError('internal', { cause: new Error('secret') });
    const body = JSON.parse(JSON.stringify(error.toBody())) as object; // as it is sent
    expect(Object.keys(body)).toEqual(['code', 'message', 'retry']);
  });

  it('reads a code newer than the table as internal and keeps what may be done about it', () => {
    const wire = { code: 'on-holiday', message: 'The model is on holiday.', retry: 'after', retryAfterMs: 9 };
    const error = ChatError.fromBody(v.parse(ErrorBodySchema, wire));
    expect(error).toMatchObject({ ...wire, code: 'internal' });
  });

  it('reads a retry newer than the table as no', () => {
    const body = v.parse(ErrorBodySchema, { code: 'internal', message: '', retry: 'tomorrow' });
    expect(body.retry).toBe('no');
  });

  it('wraps a foreign error as the cause and passes its own unchanged', () => {
    const foreign = new TypeError('x');
    const own = new ChatError('busy');
    expect(ChatError.from(foreign, 'upstream-failed')).toMatchObject({
      code: 'upstream-failed',
      cause: foreign,
    });
    expect(ChatError.from(own)).toBe(own);
  });
});
