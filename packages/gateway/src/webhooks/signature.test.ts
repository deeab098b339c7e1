import { describe, expect, it } from 'vitest';
import { isPrivateAddress } from '../base/private-addresses.ts';
import { signedHeaders, verifyWebhook } from './signature.ts';

const secretOf = (byte: number) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`;
const body = '{"type":"conversation.closed","timestamp":"2026-01-01T00:00:00.000Z","data":{"siteId":"shop"}}';
const timestampS = 1_700_000_000;
const nowMs = timestampS * 1000;
const signed = { id: 'evt_1', timestampS, body };
const reasonOf = (changes: object) => {
  const headers = signedHeaders(signed, [secretOf(1)]);
  try {
    verifyWebhook({ headers, body, secret: secretOf(1), nowMs, ...changes });
    return 'accepted';
  } catch (error) {
    return (error as { reason: string }).reason; // a WebhookVerificationError
  }
};

describe('a signature', () => {
  it('is the one of the Standard Webhooks specification', () => {
    const example = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestampS: 1_614_265_330,
      body: '{"test": 2432232314}',
    };
    const headers = signedHeaders(example, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']);
    expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
  });

  it('is accepted with any secret that both know, while secrets are rotated', () => {
    const headers = signedHeaders(signed, [secretOf(1), secretOf(2)]);
    for (const secret of [secretOf(1), [secretOf(3), secretOf(2)]])
      expect(
        verifyWebhook({ headers: new Headers(headers), body: Buffer.from(body), secret, nowMs }),
      ).toEqual({
        ...{ id: 'evt_1', type: 'conversation.closed', timestamp: '2026-01-01T00:00:00.000Z' },
        data: { siteId: 'shop' },
      });
  });

  it('is refused for another body, id, time or secret, and after five minutes', () => {
    const headers = signedHeaders(signed, [secretOf(1)]);
    expect(reasonOf({})).toBe('accepted');
    expect(reasonOf({ body: `${body} ` })).toBe('signature');
    expect(reasonOf({ secret: secretOf(2) })).toBe('signature');
    expect(reasonOf({ headers: { ...headers, 'webhook-id': 'evt_2' } })).toBe('signature');
    expect(reasonOf({ headers: { ...headers, 'webhook-timestamp': String(timestampS + 1) } })).toBe(
      'signature',
    );
    for (const offset of [-301_000, 301_000]) expect(reasonOf({ nowMs: nowMs + offset })).toBe('timestamp');
    expect(reasonOf({ nowMs: nowMs + 299_000 })).toBe('accepted');
    expect(reasonOf({ headers: { ...headers, 'webhook-timestamp': '1e9' } })).toBe('headers');
    expect(reasonOf({ headers: {} })).toBe('headers');
    expect(reasonOf({ secret: 'whsec_short' })).toBe('config');
  });
});

describe('an address', () => {
  const PRIVATE = [
    '127.0.0.1',
    '10.1.2.3',
    '172.31.0.1',
    '192.168.0.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
  ];
  const PRIVATE_6 = [
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'ff02::1',
  ];
  it.each([...PRIVATE, ...PRIVATE_6, 'no address'])('%s is private', (address) => {
    expect(isPrivateAddress(address)).toBe(true);
  });
  it.each(['8.8.8.8', '172.32.0.1', '2606:4700::1111'])('%s is on the internet', (address) => {
    expect(isPrivateAddress(address)).toBe(false);
  });
});
