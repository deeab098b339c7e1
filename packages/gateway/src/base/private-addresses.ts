/** Keeps requests from addresses that are not on the internet: the gateway's own machine, its network, and the metadata of clouds. */
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP } from 'node:net';

/** An address is private, so that nothing was sent to it. */
export class PrivateAddressError extends Error {
  override readonly name = 'PrivateAddressError';
}

/** The special-purpose addresses of RFC 6890 and its successors, and multicast. */
const RESERVED = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  RESERVED.addSubnet(network, prefix, 'ipv4');
// Inside of the global unicast addresses: Teredo and others, documentation, and 6to4, which contains an IPv4 address.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const)
  RESERVED.addSubnet(network, prefix, 'ipv6');
/** Everything else is local, private, multicast, reserved, or an IPv4 address in another form. */
const GLOBAL_IPV6 = new BlockList();
GLOBAL_IPV6.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is not one of the internet. What is no address counts as private. */
export function isPrivateAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return RESERVED.check(address, 'ipv4');
  return family !== 6 || !GLOBAL_IPV6.check(address, 'ipv6') || RESERVED.check(address, 'ipv6');
}

/** @throws {PrivateAddressError} when the host of a URL is a private address itself; sockets do not look those up */
export function checkHost({ hostname }: Pick<URL, 'hostname'>): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && isPrivateAddress(host)) throw refused();
}

const refused = (): PrivateAddressError =>
  new PrivateAddressError('The address is a private one. Set allowPrivate for it when that is intended.');

type Callback = (error: Error | null, addresses: LookupAddress[] | string, family?: number) => void;

/**
 * The `lookup` of sockets: it fails when one of the addresses of a name is private. The socket connects to what was checked, so that a
 * name which resolves to another address a moment later gains nothing.
 */
export function lookupPublic(hostname: string, options: LookupOptions, callback: Callback): void {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) callback(error, []);
    else if (addresses.some(({ address }) => isPrivateAddress(address))) callback(refused(), []);
    else if (options.all === true) callback(null, addresses);
    else callback(null, addresses[0]?.address ?? '', addresses[0]?.family ?? 0);
  });
}
