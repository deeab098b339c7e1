import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { createAddressOf, limitedAddress, type TrustProxy } from './client-address.ts';
import { RateLimitError } from './rate-limit-error.ts';

// The part of a request that is read.
const request = (remoteAddress: string, forwarded?: string) =>
  ({ socket: { remoteAddress }, headers: { 'x-forwarded-for': forwarded } }) as unknown as IncomingMessage;

describe('the address that limits count', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::ffff:cb00:7107', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:4711', '2001:db8:0:0::/64'],
    [' 203.0.113.7 ', '203.0.113.7'],
    ['unknown', 'unknown'],
    ['7', 'unknown'],
    ['x'.repeat(10_000), 'unknown'],
    ['', 'unknown'],
    [undefined, 'unknown'],
  ])('of %s is %s', (address, expected) => {
    expect(limitedAddress(address)).toBe(expected);
  });
});

describe('trustProxy', () => {
  it.each<[TrustProxy, string, string | undefined, string]>([
    [false, '10.0.0.1', '203.0.113.7', '10.0.0.1'],
    [1, '10.0.0.1', '6.6.6.6, 203.0.113.7', '203.0.113.7'],
    [2, '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    [1, '10.0.0.1', undefined, '10.0.0.1'],
    [['10.0.0.0/8'], '10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2', '203.0.113.7'],
    [['10.0.0.0/8'], '::ffff:10.0.0.1', '203.0.113.7', '203.0.113.7'],
    [['loopback'], '203.0.113.9', '6.6.6.6', '203.0.113.9'],
    [['::1'], '::1', '2001:db8::5', '2001:db8:0:0::/64'],
  ])('%j, with a connection from %s that forwards %s, means %s', (trust, remote, forwarded, expected) => {
    expect(createAddressOf(trust)(request(remote, forwarded))).toBe(expected);
  });

  it.each([true, 0, -1, 1.5, NaN, 11, [], [''], ['10.0.0.0/33'], ['proxy.example'], 'loopback', null])(
    '%j is refused with what is expected',
    (trust) => {
      expect(() => createAddressOf(trust as TrustProxy)).toThrow(RateLimitError);
      expect(() => createAddressOf(trust as TrustProxy)).toThrow(/^trustProxy: expected false, the number/);
    },
  );
});
