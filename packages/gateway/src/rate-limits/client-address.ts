/** The address of a client: who connected, or, behind proxies that are trusted, whom they say they serve. */
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';
import * as v from 'valibot';
import { RateLimitError } from './rate-limit-error.ts';

/** More proxies than any deployment has: a larger number is a mistake, and would believe what a visitor sends. */
const MAX_HOPS = 10;
const PROBLEM = `expected false, the number of proxies in front of the gateway (1 to ${MAX_HOPS}), or a list of their addresses, such as 10.0.0.0/8 or loopback`;
/** The proxies whose `X-Forwarded-For` is believed: none, so many, or those with these addresses. */
export type TrustProxy = false | number | readonly string[];
/** The schema of `TrustProxy`. */
export const TrustProxySchema = v.custom<TrustProxy>(
  (value) =>
    value === false ||
    (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_HOPS) ||
    (Array.isArray(value) && value.length > 0 && value.every(isRange)),
  PROBLEM,
);

/** Whether `proxy-addr` understands it: an address, a range, or the name of a range. */
function isRange(text: unknown): boolean {
  try {
    if (typeof text === 'string') proxyAddr.compile([text]);
    return typeof text === 'string';
  } catch {
    return false;
  }
}

/** Tells the address of a request. */
export type AddressOf = (request: IncomingMessage) => string;

/**
 * Creates the function that tells the address of a request, for Express and for WebSocket upgrades alike.
 * @throws {RateLimitError} when `trustProxy` is none of the three
 */
export function createAddressOf(trustProxy: TrustProxy = false): AddressOf {
  if (!v.is(TrustProxySchema, trustProxy)) throw new RateLimitError(`trustProxy: ${PROBLEM}.`);
  const isTrusted = trustOf(trustProxy);
  return (request) => limitedAddress(proxyAddr(request, isTrusted));
}

function trustOf(trustProxy: TrustProxy): (address: string, hop: number) => boolean {
  if (trustProxy === false) return () => false;
  return typeof trustProxy === 'number' ? (_, hop) => hop < trustProxy : proxyAddr.compile([...trustProxy]);
}

/**
 * The address as limits count it: IPv6 by its first 64 bits, which one customer has for themselves, and IPv4 within IPv6 as IPv4.
 * What is no address is one key together: a proxy that is trusted and sends such texts must not open the limits.
 */
export function limitedAddress(text: string | undefined): string {
  const address = withoutPort(text?.trim() ?? '');
  if (isIP(address) === 0) return 'unknown';
  const parsed = ipaddr.process(address);
  if (!('parts' in parsed)) return parsed.toString();
  const network = parsed.parts.slice(0, 4).map((part) => part.toString(16));
  return `${network.join(':')}::/64`;
}

/** Some proxies add the port: `203.0.113.7:4711`, `[2001:db8::1]:4711`. */
const withoutPort = (address: string): string =>
  /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(address)?.[1] ?? address;
